package org.sallyport.crypto.internal;

/** Comparisons whose time depends on the length alone. */
final class ConstantTime {
    private ConstantTime() {}

    static boolean equal(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= a[aOffset + i] ^ b[bOffset + i];
        }
        return difference == 0;
    }
}
