package org.sallyport.crypto;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Randomness that is not: yields one value, so that a published private key can be put in. */
public final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private static final int PATIENCE = 2;

    private final byte[] value;
    private int asked;

    /** Whoever wanted randomness does not want this value: a weak private key is made anew. */
    public static final class UnwantedValueException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Takes the value as hexadecimal digits. */
    public FixedRandom(String digits) {
        value = HexFormat.of().parseHex(digits);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        if (bytes.length != value.length) {
            throw new IllegalStateException("wanted " + bytes.length + " octets, not " + value.length);
        }
        if (++asked > PATIENCE) {
            throw new UnwantedValueException();
        }
        System.arraycopy(value, 0, bytes, 0, bytes.length);
    }
}
