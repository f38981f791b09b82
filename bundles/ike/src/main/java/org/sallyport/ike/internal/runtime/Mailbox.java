package org.sallyport.ike.internal.runtime;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Serves what is posted one at a time and in order, on a thread that is borrowed while there is something. Thread safe.
 *
 * @param <T> what is posted
 */
final class Mailbox<T> {
    private final Executor executor;
    private final Consumer<T> servant;
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    Mailbox(Executor executor, Consumer<T> servant) {
        this.executor = executor;
        this.servant = servant;
    }

    /** Posts whatever the length of the queue. */
    void post(T item) {
        if (closed) {
            return;
        }
        queue.add(item);
        if (waiting.getAndIncrement() == 0) {
            executor.execute(this::serve);
        }
    }

    /** Posts what an outsider sent, unless so many wait already. */
    boolean offer(T item, int bound) {
        if (waiting.get() >= bound) {
            return false;
        }
        post(item);
        return true;
    }

    /** Nothing more is served once what is being served is done. */
    void close() {
        closed = true;
    }

    /** Tells whether something is being served. */
    boolean busy() {
        return waiting.get() > 0;
    }

    private void serve() {
        int served;
        do {
            served = 0;
            for (T item = queue.poll(); item != null; item = queue.poll()) {
                served++;
                if (!closed) {
                    servant.accept(item);
                }
            }
        } while (waiting.addAndGet(-served) > 0);
    }
}
