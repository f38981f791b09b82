package org.sallyport.crypto.internal;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.agreement.ECDHBasicAgreement;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** The ECP groups of RFC 5903 and RFC 6954: a public value is x | y, the shared secret is x. */
final class BcEcp implements KeyExchange {
    private static final byte UNCOMPRESSED = 4;

    private final int method;
    private final ECDomainParameters domain;
    private final int fieldLength;

    BcEcp(int method, X9ECParameters parameters) {
        this.method = method;
        this.domain = new ECDomainParameters(parameters);
        this.fieldLength = parameters.getCurve().getFieldElementEncodingLength();
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(method);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(domain, random));
        return new Pair(generator.generateKeyPair());
    }

    private ECPublicKeyParameters decode(byte[] value) throws InvalidPublicValueException {
        KeyExchangeValues.requireLength(method, value, 2 * fieldLength);
        byte[] encoded = new byte[value.length + 1];
        encoded[0] = UNCOMPRESSED;
        System.arraycopy(value, 0, encoded, 1, value.length);
        try {
            // both refuse what is not on the curve (RFC 5903 section 7, RFC 6989 section 2.3)
            return new ECPublicKeyParameters(domain.getCurve().decodePoint(encoded), domain);
        } catch (IllegalArgumentException e) {
            throw KeyExchangeValues.notOnCurve(method, e);
        }
    }

    private final class Pair implements KeyPair {
        private final AsymmetricCipherKeyPair keys;

        Pair(AsymmetricCipherKeyPair keys) {
            this.keys = keys;
        }

        @Override
        public byte[] publicValue() {
            ECPoint point = ((ECPublicKeyParameters) keys.getPublic()).getQ();
            byte[] encoded = point.getEncoded(false);
            return Arrays.copyOfRange(encoded, 1, encoded.length);
        }

        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            ECDHBasicAgreement agreement = new ECDHBasicAgreement();
            agreement.init(keys.getPrivate());
            BigInteger x = agreement.calculateAgreement(decode(peerPublic));
            return SecretBytes.owning(KeyExchangeValues.fixedLength(x, fieldLength));
        }

        @Override
        public void close() {
            // Bouncy Castle holds the scalar in an immutable BigInteger, which nothing can wipe
        }
    }
}
