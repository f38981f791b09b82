package org.sallyport.crypto.internal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** Curve25519 and Curve448 by the JDK. */
final class JdkXdh implements KeyExchange {
    private final Provider provider;
    private final int method;
    private final NamedParameterSpec curve;
    private final int length;
    private final int firstOctetMask;

    private JdkXdh(Provider provider, int method, NamedParameterSpec curve, int length, int firstOctetMask) {
        this.provider = provider;
        this.method = method;
        this.curve = curve;
        this.length = length;
        this.firstOctetMask = firstOctetMask;
    }

    static JdkXdh x25519(Provider provider) {
        // RFC 7748 section 5: the top bit is ignored
        return new JdkXdh(provider, TransformId.KE_X25519, NamedParameterSpec.X25519, 32, 0x7f);
    }

    static JdkXdh x448(Provider provider) {
        return new JdkXdh(provider, TransformId.KE_X448, NamedParameterSpec.X448, 56, 0xff);
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(method);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH", provider);
            generator.initialize(curve, random);
            return new Pair(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK makes no key pair for " + transform(), e);
        }
    }

    private final class Pair implements KeyPair {
        private final java.security.KeyPair keys;

        Pair(java.security.KeyPair keys) {
            this.keys = keys;
        }

        @Override
        public byte[] publicValue() {
            BigInteger u = ((XECPublicKey) keys.getPublic()).getU();
            return reversed(KeyExchangeValues.fixedLength(u, length));
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            KeyExchangeValues.requireLength(method, peerPublic, length);
            byte[] u = reversed(peerPublic);
            u[0] &= (byte) firstOctetMask;
            try {
                XECPublicKeySpec spec = new XECPublicKeySpec(curve, new BigInteger(1, u));
                KeyAgreement agreement = KeyAgreement.getInstance("XDH", provider);
                agreement.init(keys.getPrivate());
                agreement.doPhase(KeyFactory.getInstance("XDH", provider).generatePublic(spec), true);
                return SecretBytes.owning(agreement.generateSecret());
            } catch (InvalidKeyException e) {
                throw new InvalidPublicValueException(
                        transform() + " public value is of small order and leads to zero", e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not agree on " + transform(), e);
            }
        }

        @Override
        public void close() {
            // the JDK's keys cannot be destroyed from outside
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] out = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            out[i] = bytes[bytes.length - 1 - i];
        }
        return out;
    }
}
