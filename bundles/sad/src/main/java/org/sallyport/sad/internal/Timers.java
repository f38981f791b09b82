package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All timers of the SAD in one ordered set, whatever the number of SAs: a tick touches what is due and nothing else.
 * Actions run on the caller of {@link #runDue}, so they are short and hand on what may block. Thread safe.
 */
final class Timers {
    /** A timer that was set. */
    final class Timer {
        private final long due;
        private final long number;
        private final Runnable action;

        private Timer(long due, long number, Runnable action) {
            this.due = due;
            this.number = number;
            this.action = action;
        }

        /** Takes it back, if it did not fire yet. */
        void cancel() {
            synchronized (timers) {
                timers.remove(this);
            }
        }
    }

    private static final Comparator<Timer> ORDER =
            Comparator.<Timer>comparingLong(t -> t.due).thenComparingLong(t -> t.number);

    private final LongSupplier clock;
    private final TreeSet<Timer> timers = new TreeSet<>(ORDER);
    private long numbers;

    /** @param clock boot time in nanoseconds */
    Timers(LongSupplier clock) {
        this.clock = clock;
    }

    long now() {
        return clock.getAsLong();
    }

    Timer after(Duration delay, Runnable action) {
        return at(now() + delay.toNanos(), action);
    }

    Timer at(long due, Runnable action) {
        synchronized (timers) {
            Timer timer = new Timer(due, ++numbers, action);
            timers.add(timer);
            if (timers.first() == timer) {
                timers.notifyAll();
            }
            return timer;
        }
    }

    /** Runs what is due, in order. */
    void runDue() {
        for (Timer due = poll(); due != null; due = poll()) {
            due.action.run();
        }
    }

    private @Nullable Timer poll() {
        synchronized (timers) {
            boolean none = timers.isEmpty() || timers.first().due > now();
            return none ? null : timers.pollFirst();
        }
    }

    /** Waits until something is due, no longer than so many milliseconds. */
    void await(long atMostMillis) throws InterruptedException {
        synchronized (timers) {
            long wait = atMostMillis;
            if (!timers.isEmpty()) {
                wait = Math.min(wait, (timers.first().due - now() + 999_999) / 1_000_000);
            }
            if (wait > 0) {
                timers.wait(wait);
            }
        }
    }

    /** Returns how many are set. */
    int size() {
        synchronized (timers) {
            return timers.size();
        }
    }
}
