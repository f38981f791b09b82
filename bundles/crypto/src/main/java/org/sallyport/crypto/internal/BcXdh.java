package org.sallyport.crypto.internal;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc7748.X448;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** Curve25519 and Curve448 as RFC 8031 has them for IKEv2. */
final class BcXdh implements KeyExchange {
    private final int method;
    private final int length;
    private final Curve curve;

    private BcXdh(int method, int length, Curve curve) {
        this.method = method;
        this.length = length;
        this.curve = curve;
    }

    static BcXdh x25519() {
        return new BcXdh(
                TransformId.KE_X25519,
                X25519.POINT_SIZE,
                new Curve(X25519::generatePrivateKey, X25519::generatePublicKey, X25519::calculateAgreement));
    }

    static BcXdh x448() {
        return new BcXdh(
                TransformId.KE_X448,
                X448.POINT_SIZE,
                new Curve(X448::generatePrivateKey, X448::generatePublicKey, X448::calculateAgreement));
    }

    private record Curve(PrivateKeys privateKeys, PublicKeys publicKeys, Agreement agreement) {}

    private interface PrivateKeys {
        void generate(SecureRandom random, byte[] scalar);
    }

    private interface PublicKeys {
        void generate(byte[] scalar, int scalarOffset, byte[] point, int pointOffset);
    }

    private interface Agreement {
        boolean calculate(byte[] scalar, int scalarOffset, byte[] u, int uOffset, byte[] shared, int sharedOffset);
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(method);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        byte[] scalar = new byte[length];
        curve.privateKeys().generate(random, scalar);
        return new Pair(scalar);
    }

    private final class Pair implements KeyPair {
        private final byte[] scalar;
        private final byte[] point = new byte[length];

        Pair(byte[] scalar) {
            this.scalar = scalar;
            curve.publicKeys().generate(scalar, 0, point, 0);
        }

        @Override
        public byte[] publicValue() {
            return point.clone();
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            KeyExchangeValues.requireLength(method, peerPublic, length);
            byte[] shared = new byte[length];
            // RFC 8031 section 2.1 leaves the check for zero to the implementation; RFC 7748 section 6 has it
            if (!curve.agreement().calculate(scalar, 0, peerPublic, 0, shared, 0)) {
                throw KeyExchangeValues.leadsToZero(method);
            }
            return SecretBytes.owning(shared);
        }

        @Override
        public void close() {
            Arrays.fill(scalar, (byte) 0);
        }
    }
}
