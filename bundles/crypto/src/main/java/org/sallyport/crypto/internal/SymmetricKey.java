package org.sallyport.crypto.internal;

import java.util.Arrays;
import javax.crypto.SecretKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.TransformId;

/** A key that, unlike SecretKeySpec, takes an empty one, is wiped, and is never serialised. */
final class SymmetricKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private final String algorithm;
    private volatile boolean destroyed;

    /** Takes the array over. */
    SymmetricKey(byte[] bytes, String algorithm) {
        this.bytes = bytes;
        this.algorithm = algorithm;
    }

    /** Refuses a key of another length. */
    static void requireLength(TransformId transform, String what, SecretBytes key, int length) {
        if (key.length() != length) {
            throw new IllegalArgumentException(
                    transform + " takes " + what + " of " + length + " octets, not " + key.length());
        }
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        if (destroyed) {
            throw new IllegalStateException("the key was wiped already"); // rather than working with zeros
        }
        return bytes.clone();
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }
}
