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

/** Curve25519 by the JDK. */
final class JdkX25519 implements KeyExchange {
    private static final int LENGTH = 32;

    private final Provider provider;

    JdkX25519(Provider provider) {
        this.provider = provider;
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(TransformId.KE_X25519);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH", provider);
            generator.initialize(NamedParameterSpec.X25519, random);
            return new Pair(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK makes no X25519 key pair", e);
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
            return reversed(KeyExchangeValues.fixedLength(u, LENGTH));
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            KeyExchangeValues.requireLength(TransformId.KE_X25519, peerPublic, LENGTH);
            byte[] u = reversed(peerPublic);
            u[0] &= 0x7f; // RFC 7748 section 5: the top bit is ignored
            try {
                XECPublicKeySpec spec = new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, u));
                KeyAgreement agreement = KeyAgreement.getInstance("XDH", provider);
                agreement.init(keys.getPrivate());
                agreement.doPhase(KeyFactory.getInstance("XDH", provider).generatePublic(spec), true);
                return SecretBytes.owning(agreement.generateSecret());
            } catch (InvalidKeyException e) {
                throw new InvalidPublicValueException("x25519 public value is of small order and leads to zero", e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not agree on X25519", e);
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
