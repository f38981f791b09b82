package org.sallyport.api.authentication;

import java.util.Arrays;

/** Octets as a value: immutable, compared by content. Not for secrets, which are wiped and never printed. */
public final class Octets {
    /** No octets at all. */
    public static final Octets NONE = new Octets(new byte[0]);

    private final byte[] octets;

    private Octets(byte[] octets) {
        this.octets = octets;
    }

    /** Copies an array. */
    public static Octets of(byte... octets) {
        return new Octets(octets.clone());
    }

    /** Returns how many there are. */
    public int length() {
        return octets.length;
    }

    /** Returns a copy as an array. */
    public byte[] toArray() {
        return octets.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets o && Arrays.equals(octets, o.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return octets.length + " octets";
    }
}
