package org.sallyport.crypto.internal;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.agreement.DHBasicAgreement;
import org.bouncycastle.crypto.generators.DHBasicKeyPairGenerator;
import org.bouncycastle.crypto.params.DHKeyGenerationParameters;
import org.bouncycastle.crypto.params.DHParameters;
import org.bouncycastle.crypto.params.DHPublicKeyParameters;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/**
 * The MODP groups of RFC 3526. Their primes are safe, so a value r serves when 1 &lt; r &lt; p - 1 (RFC 6989 section 2.1).
 * Values and secrets are as long as the prime, with zeros in front (RFC 7296 sections 2.14 and 3.4).
 */
final class BcModp implements KeyExchange {
    private final int method;
    private final DHParameters group;
    private final int length;

    BcModp(int method, DHParameters standard) {
        this.method = method;
        // without q Bouncy Castle leaves out a test for the subgroup, which RFC 6989 does not ask of safe primes
        this.group = new DHParameters(standard.getP(), standard.getG(), null, standard.getM(), standard.getL());
        this.length = standard.getP().bitLength() / Byte.SIZE;
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(method);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        DHBasicKeyPairGenerator generator = new DHBasicKeyPairGenerator();
        generator.init(new DHKeyGenerationParameters(random, group));
        return new Pair(generator.generateKeyPair());
    }

    private DHPublicKeyParameters decode(byte[] value) throws InvalidPublicValueException {
        KeyExchangeValues.requireLength(method, value, length);
        BigInteger r = new BigInteger(1, value);
        BigInteger largest = group.getP().subtract(BigInteger.TWO);
        if (r.compareTo(BigInteger.TWO) < 0 || r.compareTo(largest) > 0) {
            throw new InvalidPublicValueException(
                    transform() + " public value is not between 2 and p - 2 (RFC 6989 section 2.1)");
        }
        return new DHPublicKeyParameters(r, group);
    }

    private final class Pair implements KeyPair {
        private final AsymmetricCipherKeyPair keys;

        Pair(AsymmetricCipherKeyPair keys) {
            this.keys = keys;
        }

        @Override
        public byte[] publicValue() {
            return KeyExchangeValues.fixedLength(((DHPublicKeyParameters) keys.getPublic()).getY(), length);
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            DHPublicKeyParameters peer = decode(peerPublic);
            DHBasicAgreement agreement = new DHBasicAgreement();
            agreement.init(keys.getPrivate());
            return SecretBytes.owning(KeyExchangeValues.fixedLength(agreement.calculateAgreement(peer), length));
        }

        @Override
        public void close() {
            // Bouncy Castle holds the exponent in an immutable BigInteger, which nothing can wipe
        }
    }
}
