package org.sallyport.ike.internal.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Octets as a value: immutable, compared by content. Not for secrets, which are wiped and never printed. */
public final class Bytes {
    /** No octets at all. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final int SHOWN = 32;

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** Copies an array. */
    public static Bytes of(byte... octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    /** Copies part of an array. */
    public static Bytes of(byte[] octets, int offset, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(octets, offset, offset + length));
    }

    /** Reads hexadecimal digits. */
    public static Bytes ofHex(String digits) {
        return new Bytes(HexFormat.of().parseHex(digits));
    }

    /** Encodes text as UTF-8. */
    public static Bytes ofText(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the number of octets. */
    public int length() {
        return octets.length;
    }

    /** Returns whether there are none. */
    public boolean isEmpty() {
        return octets.length == 0;
    }

    /** Returns one octet as a number from 0 to 255. */
    public int get(int index) {
        return octets[index] & 0xff;
    }

    /** Returns a copy as an array. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** Returns all octets as hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(octets);
    }

    /** Returns the octets read as UTF-8, with whatever is no text replaced. */
    public String text() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    void copyTo(byte[] target, int offset) {
        System.arraycopy(octets, 0, target, offset, octets.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes b && Arrays.equals(octets, b.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** Returns the first octets as hexadecimal digits and how many there are. */
    @Override
    public String toString() {
        if (octets.length <= SHOWN) {
            return hex();
        }
        return HexFormat.of().formatHex(octets, 0, SHOWN) + "…(" + octets.length + " octets)";
    }
}
