package org.sallyport.classifier.internal.esp;

/** Heap arrays that one worker's ciphers work in: the JDK is fastest there. Belongs to one thread. */
public final class CryptoBuffers {
    private static final int SIZE = 65_536 + 128;

    private final byte[] input = new byte[SIZE];
    private final byte[] output = new byte[SIZE];

    /** Returns the one to work in. */
    public byte[] input() {
        return input;
    }

    byte[] output() {
        return output;
    }
}
