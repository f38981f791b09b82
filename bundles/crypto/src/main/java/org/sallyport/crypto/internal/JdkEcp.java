package org.sallyport.crypto.internal;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** The random ECP groups of RFC 5903 by the JDK. */
final class JdkEcp implements KeyExchange {
    private final Provider provider;
    private final int method;
    private final ECParameterSpec curve;
    private final BigInteger prime;
    private final int fieldLength;

    JdkEcp(Provider provider, int method, String curveName) {
        this.provider = provider;
        this.method = method;
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", provider);
            parameters.init(new ECGenParameterSpec(curveName));
            curve = parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no curve " + curveName, e);
        }
        prime = ((ECFieldFp) curve.getCurve().getField()).getP();
        fieldLength = Math.ceilDiv(prime.bitLength(), Byte.SIZE);
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(method);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
            generator.initialize(curve, random);
            return new Pair(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK makes no key pair for " + transform(), e);
        }
    }

    private PublicKey decode(byte[] value) throws InvalidPublicValueException, GeneralSecurityException {
        KeyExchangeValues.requireLength(method, value, 2 * fieldLength);
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(value, 0, fieldLength));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(value, fieldLength, value.length));
        if (x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0 || !onCurve(x, y)) {
            throw new InvalidPublicValueException(transform() + " public value is not a point of the curve");
        }
        return KeyFactory.getInstance("EC", provider).generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
    }

    private boolean onCurve(BigInteger x, BigInteger y) {
        BigInteger a = curve.getCurve().getA();
        BigInteger b = curve.getCurve().getB();
        BigInteger right = x.multiply(x).add(a).multiply(x).add(b).mod(prime);
        return y.multiply(y).mod(prime).equals(right);
    }

    private final class Pair implements KeyPair {
        private final java.security.KeyPair keys;

        Pair(java.security.KeyPair keys) {
            this.keys = keys;
        }

        @Override
        public byte[] publicValue() {
            ECPoint point = ((ECPublicKey) keys.getPublic()).getW();
            byte[] out = new byte[2 * fieldLength];
            System.arraycopy(KeyExchangeValues.fixedLength(point.getAffineX(), fieldLength), 0, out, 0, fieldLength);
            System.arraycopy(
                    KeyExchangeValues.fixedLength(point.getAffineY(), fieldLength), 0, out, fieldLength, fieldLength);
            return out;
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            try {
                KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
                agreement.init(keys.getPrivate());
                agreement.doPhase(decode(peerPublic), true);
                return SecretBytes.owning(agreement.generateSecret());
            } catch (InvalidKeyException e) {
                throw KeyExchangeValues.notOnCurve(method, e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not agree on " + transform(), e);
            }
        }

        @Override
        public void close() {
            // the JDK's keys cannot be destroyed from outside
        }
    }
}
