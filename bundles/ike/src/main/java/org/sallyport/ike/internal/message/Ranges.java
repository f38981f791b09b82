package org.sallyport.ike.internal.message;

/** Checks of what a field can hold; a value out of range is a programming mistake, never a peer's. */
final class Ranges {
    private Ranges() {}

    static void octet(String field, int value) {
        check(field, value, 0xffL);
    }

    static void u16(String field, int value) {
        check(field, value, 0xffffL);
    }

    static void u32(String field, long value) {
        check(field, value, 0xffffffffL);
    }

    static void check(String field, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(field + " " + value + " is not between 0 and " + max);
        }
    }
}
