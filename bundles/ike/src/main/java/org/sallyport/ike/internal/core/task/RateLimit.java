package org.sallyport.ike.internal.core.task;

/** So many a second, on a clock that is handed in. Used by one thread at a time. */
public final class RateLimit {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private long second = Long.MIN_VALUE;
    private int used;

    public RateLimit(int perSecond) {
        this.perSecond = perSecond;
    }

    /** Tells whether one more is within the limit, and counts it. */
    public boolean allows(long now) {
        long current = Math.floorDiv(now, SECOND);
        if (current != second) {
            second = current;
            used = 0;
        }
        return used++ < perSecond;
    }
}
