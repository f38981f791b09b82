package org.sallyport.classifier.internal.worker;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells when a worker has passed a point at which it refers to no SA: between two batches, or while it waits. One
 * volatile store for each batch. Thread safe: the worker enters and leaves, any thread waits.
 */
final class Quiescence {
    private static final long SHORTEST_PAUSE = 20_000;
    private static final long LONGEST_PAUSE = 500_000;

    private volatile long section;

    /** The worker begins a batch. */
    void enter() {
        long next = section + 1;
        section = next;
    }

    /** The worker has ended a batch. */
    void leave() {
        long next = section + 1;
        section = next;
    }

    /** Tells whether the worker is between batches now. */
    boolean idle() {
        return (section & 1) == 0;
    }

    /**
     * Waits until the batch that is going on, if any, has ended.
     *
     * @return whether it has, within the time
     */
    boolean await(Duration patience) {
        long seen = section;
        if ((seen & 1) == 0) {
            return true;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = SHORTEST_PAUSE;
        while (section == seen) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
        return true;
    }
}
