package org.sallyport.api.sa;

/**
 * What a Child SA is that stands beside another one for the same traffic selectors (RFC 9611): it has a lineage of its own,
 * carries a share of what the other one is for, and ends with it. Immutable.
 *
 * @param number which share, 1 to {@link #MOST}: of the policy's DSCP groups or of the further workers
 * @param fallback the lineage that carries every packet for which no share stands
 */
public record Share(int number, ChildSaId fallback) {
    /** How many there are at most beside one. */
    public static final int MOST = 63;

    public Share {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("a share has a number from 1 to " + MOST + ", not " + number);
        }
    }
}
