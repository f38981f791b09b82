package org.sallyport.crypto.internal;

import java.security.SecureRandom;
import java.util.Arrays;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/**
 * Curve25519 (RFC 8031) by libcrypto. From the same randomness comes the same key pair as Bouncy Castle's: a checkpoint
 * that keeps a seed does not ask who resumes it.
 */
final class LibcryptoX25519 implements KeyExchange {
    private static final int KIND = 1034; // EVP_PKEY_X25519
    private static final int LENGTH = 32;

    private final Libcrypto library;

    LibcryptoX25519(Libcrypto library) {
        this.library = library;
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(TransformId.KE_X25519);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        byte[] scalar = new byte[LENGTH];
        random.nextBytes(scalar);
        return new Pair(scalar);
    }

    @Override
    public Response respond(byte[] peerPublic, SecureRandom random) throws InvalidPublicValueException {
        KeyExchangeValues.requireLength(TransformId.KE_X25519, peerPublic, LENGTH);
        byte[] scalar = new byte[LENGTH];
        random.nextBytes(scalar);
        try {
            byte[][] both = library.respond(KIND, scalar, peerPublic)
                    .orElseThrow(() -> KeyExchangeValues.leadsToZero(TransformId.KE_X25519));
            return new Response(both[0], secret(both[1]));
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    /** RFC 8031 section 2.1 leaves the check for zero to the implementation; RFC 7748 section 6 has it. */
    private static SecretBytes secret(byte[] shared) throws InvalidPublicValueException {
        int any = 0;
        for (byte each : shared) {
            any |= each;
        }
        if (any == 0) {
            throw KeyExchangeValues.leadsToZero(TransformId.KE_X25519);
        }
        return SecretBytes.owning(shared);
    }

    private final class Pair implements KeyPair {
        private final byte[] scalar;
        private final byte[] point;

        Pair(byte[] scalar) {
            this.scalar = scalar;
            this.point = library.publicValue(KIND, scalar);
        }

        @Override
        public byte[] publicValue() {
            return point.clone();
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            KeyExchangeValues.requireLength(TransformId.KE_X25519, peerPublic, LENGTH);
            return secret(library.agree(KIND, scalar, peerPublic)
                    .orElseThrow(() -> KeyExchangeValues.leadsToZero(TransformId.KE_X25519)));
        }

        @Override
        public void close() {
            Arrays.fill(scalar, (byte) 0);
        }
    }
}
