package org.sallyport.api.plugin;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of one plugin that nobody waits for, in their order, on a thread of its own. At most so many wait; what comes
 * beyond that is dropped and counted, and what throws is logged. Thread safe; offering never blocks.
 */
public final class PluginQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginQueue.class);

    private final String words;
    private final BlockingQueue<Runnable> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts.
     *
     * @param words which plugin it is, for people
     * @param limit calls that may wait
     */
    public PluginQueue(String words, int limit) {
        this.words = words;
        this.waiting = new ArrayBlockingQueue<>(limit);
        this.thread = Thread.ofPlatform().daemon().name(words).start(this::run);
    }

    /** Adds a call; tells whether it will be made. */
    public boolean offer(Runnable call) {
        if (closed || !waiting.offer(call)) {
            dropped.incrementAndGet();
            return false;
        }
        return true;
    }

    /** Returns how many calls were dropped since it started. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        while (!closed) {
            try {
                waiting.take().run();
            } catch (InterruptedException e) {
                LOG.trace("{}: interrupted", words, e); // it is over, or a plugin left its own interruption behind
            } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                LOG.error("{} threw", words, e);
            }
        }
    }

    /** Drops what waits, and interrupts the call that is under way. */
    @Override
    public void close() {
        closed = true;
        waiting.clear();
        thread.interrupt();
    }
}
