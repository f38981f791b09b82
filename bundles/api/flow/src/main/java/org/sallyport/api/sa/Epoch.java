package org.sallyport.api.sa;

/**
 * Who may act for an SA or hold a port: whoever bears the higher epoch; the bearer of a lower one is fenced off.
 * Immutable.
 *
 * @param value 1 and up
 */
public record Epoch(long value) implements Comparable<Epoch> {
    /** The first epoch there is. */
    public static final Epoch FIRST = new Epoch(1);

    public Epoch {
        if (value < 1) {
            throw new IllegalArgumentException("an epoch is 1 or above, not " + value);
        }
    }

    /** Returns the next one. */
    public Epoch next() {
        return new Epoch(value + 1);
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }
}
