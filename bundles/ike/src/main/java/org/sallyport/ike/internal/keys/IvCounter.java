package org.sallyport.ike.internal.keys;

/**
 * Explicit IVs of one key: 16 bits of epoch, then 48 bits that count. Whoever takes a key over starts a higher epoch, so
 * two owners never use one IV, which with GCM would be fatal (RFC 5282 section 8, RFC 6054).
 *
 * <p>Thread safety: safe.
 */
public final class IvCounter {
    /** The highest epoch. */
    public static final int MAX_EPOCH = 0xffff;

    private static final int COUNTER_BITS = 48;
    private static final long MAX_COUNT = (1L << COUNTER_BITS) - 1;

    private final long prefix;
    private long used;

    private IvCounter(int epoch, long used) {
        if (epoch < 0 || epoch > MAX_EPOCH) {
            throw new IllegalArgumentException("epoch " + epoch + " is not between 0 and " + MAX_EPOCH);
        }
        if (used < 0 || used > MAX_COUNT) {
            throw new IllegalArgumentException("IV count " + used + " is not between 0 and " + MAX_COUNT);
        }
        this.prefix = (long) epoch << COUNTER_BITS;
        this.used = used;
    }

    /** Starts an epoch. */
    public static IvCounter startOf(int epoch) {
        return new IvCounter(epoch, 0);
    }

    /**
     * Goes on within an epoch.
     *
     * @param used how many IVs may have been used already, as {@link #used} said or more
     */
    public static IvCounter resume(int epoch, long used) {
        return new IvCounter(epoch, used);
    }

    /** Returns an IV that this counter never returned before. */
    public synchronized long next() {
        if (used == MAX_COUNT) {
            throw new IllegalStateException("all IVs of the epoch are used; the IKE SA has to be rekeyed");
        }
        used++;
        return prefix | used;
    }

    /** Returns the epoch. */
    public int epoch() {
        return (int) (prefix >>> COUNTER_BITS);
    }

    /** Returns how many IVs of the epoch were used. */
    public synchronized long used() {
        return used;
    }

    @Override
    public String toString() {
        return "IvCounter(epoch " + epoch() + ", used " + used() + ")";
    }
}
