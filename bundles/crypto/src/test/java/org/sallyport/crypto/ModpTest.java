package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Vectors.Vector;

/** The MODP groups: what OpenSSL computes, and the values that RFC 6989 section 2.1 refuses. */
class ModpTest {
    private static final HexFormat HEX = HexFormat.of();
    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());

    static Stream<Vector> vectors() {
        return Vectors.of("modp.txt").stream();
    }

    private KeyExchange group(Vector vector) throws UnavailableTransformException {
        return registry.keyExchange(
                switch (vector.text(0)) {
                    case "2048" -> TransformId.KE_MODP_2048;
                    case "3072" -> TransformId.KE_MODP_3072;
                    default -> TransformId.KE_MODP_4096;
                });
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void yieldsWhatOpenSslYields(Vector vector) throws Exception {
        try (KeyExchange.KeyPair pair = group(vector).generate(new FixedRandom(vector.text(1)));
                SecretBytes agreed = pair.agree(vector.octets(3))) {
            assertThat(HEX.formatHex(pair.publicValue())).isEqualTo(vector.text(2));
            assertThat(agreed.<String>use(HEX::formatHex)).isEqualTo(vector.text(4));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void valuesThatTellTheSecretAreRefused(Vector vector) throws Exception {
        KeyExchange group = group(vector);
        int length = vector.octets(2).length;
        BigInteger prime = prime(length * 8);
        List<BigInteger> wrong = List.of(
                BigInteger.ZERO, BigInteger.ONE, prime.subtract(BigInteger.ONE), prime, prime.add(BigInteger.TWO));
        try (KeyExchange.KeyPair pair = group.generate(new SecureRandom())) {
            for (BigInteger value : wrong) {
                assertThatThrownBy(() -> pair.agree(fixed(value, length)))
                        .isInstanceOf(InvalidPublicValueException.class)
                        .hasMessageContaining("between 2 and p - 2");
            }
            for (int other : new int[] {0, 1, length - 1, length + 1}) {
                assertThatThrownBy(() -> pair.agree(new byte[other]))
                        .isInstanceOf(InvalidPublicValueException.class)
                        .hasMessageContaining("octets, not " + other);
            }
        }
    }

    private static BigInteger prime(int bits) {
        return switch (bits) {
            case 2048 -> DHStandardGroups.rfc3526_2048.getP();
            case 3072 -> DHStandardGroups.rfc3526_3072.getP();
            default -> DHStandardGroups.rfc3526_4096.getP();
        };
    }

    private static byte[] fixed(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] out = new byte[length];
        int count = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - count, out, length - count, count);
        return out;
    }
}
