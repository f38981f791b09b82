package org.sallyport.ike.internal.message;

/**
 * An attribute of a transform (RFC 7296 section 3.3.5).
 *
 * @param type 0 to 32767, without the format bit
 * @param shortForm format bit: type and value, without a length
 * @param value two octets in the short form
 */
public record TransformAttribute(int type, boolean shortForm, Bytes value) {
    /** Key length in bits; always in the short form. */
    public static final int KEY_LENGTH = 14;

    /** Checks the ranges. */
    public TransformAttribute {
        Ranges.check("attribute type", type, 0x7fff);
        Ranges.u16("attribute length", value.length());
        if (shortForm && value.length() != 2) {
            throw new IllegalArgumentException("a short attribute has two octets, not " + value.length());
        }
    }

    /** A key length in bits. */
    public static TransformAttribute keyLength(int bits) {
        Ranges.u16("key length", bits);
        return new TransformAttribute(KEY_LENGTH, true, Bytes.of((byte) (bits >> 8), (byte) bits));
    }

    /** Returns whether it is a key length in the form the RFC wants. */
    public boolean isKeyLength() {
        return type == KEY_LENGTH && shortForm;
    }

    /** Returns the value of a short attribute as a number. */
    public int number() {
        return (value.get(0) << 8) | value.get(1);
    }
}
