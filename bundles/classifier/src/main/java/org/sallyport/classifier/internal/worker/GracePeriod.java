package org.sallyport.classifier.internal.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits until every worker has passed a point at which it refers to no SA. One caller waits for the workers; those who
 * come meanwhile wait for it, and then one of them for all: when a thousand SAs a second go, the workers are looked at as
 * often as they end their batches, and not for each SA. Thread safe.
 */
final class GracePeriod {
    private final List<Quiescence> points;
    private final Duration patience;
    private final AtomicLong callers = new AtomicLong();
    /** Guarded by this, like the other: for callers up to this number every worker has passed its point. */
    private long passed;
    /** For those up to this one, not in time. */
    private long missed;

    /** @param patience how long to wait for one worker */
    GracePeriod(List<Quiescence> points, Duration patience) {
        this.points = List.copyOf(points);
        this.patience = patience;
    }

    /**
     * Waits; what was taken out of the tables before is referred to by no worker afterwards.
     *
     * @return whether they have passed within the time
     */
    boolean await() {
        long mine = callers.incrementAndGet();
        synchronized (this) {
            if (mine > Math.max(passed, missed)) {
                // Whoever has a number by now has taken out before what it waits for.
                long last = callers.get();
                if (points.stream().allMatch(point -> point.await(patience))) {
                    passed = last;
                } else {
                    missed = last;
                }
            }
            return mine <= passed;
        }
    }
}
