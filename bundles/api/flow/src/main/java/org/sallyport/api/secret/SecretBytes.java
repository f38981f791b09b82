package org.sallyport.api.secret;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Key material with one owner, who closes it; closing overwrites the bytes. Never printed, compared in constant time.
 *
 * <p>Thread safety: reads may be concurrent; closing while another thread reads is the owner's mistake to avoid.
 */
public final class SecretBytes implements AutoCloseable {
    private final byte[] bytes;
    private volatile boolean closed;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over: the caller must not keep it. */
    public static SecretBytes owning(byte[] bytes) {
        return new SecretBytes(bytes);
    }

    /** Copies the array: the caller still owns, and wipes, its own. */
    public static SecretBytes copyOf(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    /** Returns the length in octets. */
    public int length() {
        return bytes.length;
    }

    /**
     * Lends the bytes for the duration of a call. The borrower neither keeps nor changes the array.
     *
     * @throws IllegalStateException when it was closed
     */
    public <T> T use(Function<byte[], T> borrower) {
        if (closed) {
            throw new IllegalStateException("secret was wiped already");
        }
        return borrower.apply(bytes);
    }

    /** Returns a copy with a life of its own, to be closed by whoever asked. */
    public SecretBytes copy() {
        return use(SecretBytes::copyOf);
    }

    /** Returns a copy of a part, to be closed by whoever asked. */
    public SecretBytes slice(int from, int to) {
        return use(b -> new SecretBytes(Arrays.copyOfRange(b, from, to)));
    }

    /** Compares in time that depends on the length alone. */
    public boolean constantTimeEquals(byte[] other) {
        return use(b -> MessageDigest.isEqual(b, other));
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "SecretBytes(" + bytes.length + " octets)";
    }
}
