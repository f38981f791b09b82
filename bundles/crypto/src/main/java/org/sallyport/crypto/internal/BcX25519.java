package org.sallyport.crypto.internal;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** Curve25519 as RFC 8031 has it for IKEv2. */
final class BcX25519 implements KeyExchange {
    @Override
    public TransformId transform() {
        return TransformId.keyExchange(TransformId.KE_X25519);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        byte[] scalar = new byte[X25519.SCALAR_SIZE];
        X25519.generatePrivateKey(random, scalar);
        return new Pair(scalar);
    }

    private static final class Pair implements KeyPair {
        private final byte[] scalar;
        private final byte[] point = new byte[X25519.POINT_SIZE];

        Pair(byte[] scalar) {
            this.scalar = scalar;
            X25519.generatePublicKey(scalar, 0, point, 0);
        }

        @Override
        public byte[] publicValue() {
            return point.clone();
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            KeyExchangeValues.requireLength(TransformId.KE_X25519, peerPublic, X25519.POINT_SIZE);
            byte[] shared = new byte[X25519.POINT_SIZE];
            // RFC 8031 section 2.1 leaves the check for zero to the implementation; RFC 7748 section 6.1 has it
            if (!X25519.calculateAgreement(scalar, 0, peerPublic, 0, shared, 0)) {
                throw KeyExchangeValues.leadsToZero(TransformId.KE_X25519);
            }
            return SecretBytes.owning(shared);
        }

        @Override
        public void close() {
            Arrays.fill(scalar, (byte) 0);
        }
    }
}
