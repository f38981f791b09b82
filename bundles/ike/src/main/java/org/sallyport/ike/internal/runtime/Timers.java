package org.sallyport.ike.internal.runtime;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells runners when their time has come: one entry for each, on boot time. Thread safe. */
final class Timers implements AutoCloseable {
    /** Something that waits for a time. */
    interface Timed {
        /** The time has come; must not block. */
        void due();
    }

    private record Entry(long at, long order, Timed who) {}

    /** The longest sleep: afterwards the clock takes in how long the machine slept. */
    private static final long LONGEST = 1_000_000_000L;
    /** The shortest sleep between two: what is due within it is told together, since thousands wait at a gateway. */
    private static final long SHORTEST = 2_000_000L;

    private final BootClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Entry> entries =
            new TreeSet<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private final Map<Timed, Entry> byWho = new HashMap<>();
    private final Thread thread;
    private long order;
    private boolean closed;

    Timers(BootClock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-ike-timers").start(this::serve);
    }

    /**
     * Sees to it that somebody is told at this time; {@link Long#MAX_VALUE} is never. Who is to be told earlier is told then,
     * and says anew until when it waits: most waits end before their time, and are only ever put off.
     */
    void schedule(Timed who, long at) {
        lock.lock();
        try {
            Entry before = byWho.get(who);
            if (before != null && before.at() <= at && at != Long.MAX_VALUE) {
                return;
            }
            byWho.remove(who);
            if (before != null) {
                entries.remove(before);
            }
            if (at != Long.MAX_VALUE && !closed) {
                Entry entry = new Entry(at, order++, who);
                entries.add(entry);
                byWho.put(who, entry);
                if (entries.getFirst().equals(entry)) {
                    changed.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        lock.lock();
        try {
            while (!closed) {
                long now = clock.now();
                if (!entries.isEmpty() && entries.getFirst().at() <= now) {
                    Timed who = entries.removeFirst().who();
                    byWho.remove(who);
                    who.due();
                } else {
                    sleep(now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // serve() is the loop
    private void sleep(long now) throws InterruptedException {
        long next = entries.isEmpty() ? LONGEST : Math.clamp(entries.getFirst().at() - now, SHORTEST, LONGEST);
        if (changed.awaitNanos(next) <= 0 && next == LONGEST) {
            clock.resynchronise();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            entries.clear();
            byWho.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
