package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Vectors.Vector;

/** Project Wycheproof's vectors of everything that is called here: valid ones agree, invalid ones are refused. */
class WycheproofTest {
    private static final HexFormat HEX = HexFormat.of();
    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());

    @ParameterizedTest(name = "{0}")
    @CsvSource({"aes-gcm, 20, 4", "aes-ccm, 16, 3", "chacha20-poly1305, 28, 4"})
    void aeads(String file, int id, int saltLength) throws Exception {
        List<Vector> vectors = Vectors.of("wycheproof/" + file + ".txt");
        for (Vector vector : vectors) {
            byte[] key = vector.octets(2);
            Aead aead = registry.aead(id, id == TransformId.ENCR_CHACHA20_POLY1305 ? 0 : key.length * 8);
            assertThat(aead.saltLength()).isEqualTo(saltLength);
            byte[] nonce = vector.octets(3);
            byte[] keyAndSalt = HEX.parseHex(vector.text(2) + vector.text(3).substring(0, 2 * saltLength));
            long iv = ByteBuffer.wrap(nonce).getLong(saltLength);
            try (SecretBytes secret = SecretBytes.owning(keyAndSalt);
                    Aead.Keyed keyed = aead.withKey(secret)) {
                seal(vector, aead, keyed, iv);
                open(vector, keyed, iv);
            }
        }
    }

    private static void seal(Vector vector, Aead aead, Aead.Keyed keyed, long iv) {
        int aad = vector.octets(4).length;
        int text = vector.octets(5).length;
        byte[] buffer = HEX.parseHex(vector.text(4) + vector.text(5) + "00".repeat(aead.icvLength()));
        keyed.seal(iv, buffer, 0, aad, aad, text);
        String sealed = HEX.formatHex(buffer, aad, buffer.length);
        if (vector.is("valid")) {
            assertThat(sealed).as("%s", vector).isEqualTo(vector.text(6) + vector.text(7));
        } else {
            assertThat(sealed).as("%s", vector).isNotEqualTo(vector.text(6) + vector.text(7));
        }
    }

    private static void open(Vector vector, Aead.Keyed keyed, long iv) {
        int aad = vector.octets(4).length;
        int text = vector.octets(6).length;
        byte[] buffer = HEX.parseHex(vector.text(4) + vector.text(6) + vector.text(7));
        assertThat(keyed.open(iv, buffer, 0, aad, aad, text)).as("%s", vector).isEqualTo(vector.is("valid"));
        if (vector.is("valid")) {
            assertThat(HEX.formatHex(buffer, aad, aad + text)).as("%s", vector).isEqualTo(vector.text(5));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"hmac-sha256, 5, 12", "hmac-sha384, 6, 13", "hmac-sha512, 7, 14", "aes-cmac, 8, 8"})
    void macs(String file, int prfId, int integrityId) throws Exception {
        Prf prf = registry.prf(prfId);
        Integrity integrity = registry.integrity(integrityId);
        int verified = 0;
        for (Vector vector : Vectors.of("wycheproof/" + file + ".txt")) {
            byte[] tag = vector.octets(4);
            byte[] computed = prf.compute(vector.octets(2), vector.octets(3));
            assertThat(Arrays.equals(Arrays.copyOf(computed, tag.length), tag))
                    .as("%s", vector)
                    .isEqualTo(vector.is("valid"));
            verified += verified(integrity, vector);
        }
        assertThat(verified).isPositive();
    }

    /** The same with the truncation that IPsec has, where the vector's key is of IPsec's length. */
    private static int verified(Integrity integrity, Vector vector) {
        byte[] key = vector.octets(2);
        boolean tellsOfTruncation = vector.is("valid") && vector.octets(4).length >= integrity.icvLength();
        if (key.length != integrity.keyLength() || !tellsOfTruncation) {
            return 0;
        }
        int length = vector.octets(3).length;
        byte[] buffer = HEX.parseHex(vector.text(3) + vector.text(4).substring(0, 2 * integrity.icvLength()));
        try (SecretBytes secret = SecretBytes.owning(key);
                Integrity.Keyed keyed = integrity.withKey(secret)) {
            assertThat(keyed.verify(buffer, 0, length, length)).as("%s", vector).isTrue();
            byte[] signed = Arrays.copyOf(buffer, buffer.length);
            Arrays.fill(signed, length, signed.length, (byte) 0);
            keyed.sign(signed, 0, length, length);
            assertThat(signed).as("%s", vector).isEqualTo(buffer);
            buffer[length] ^= 1;
            assertThat(keyed.verify(buffer, 0, length, length)).as("%s", vector).isFalse();
        }
        return 1;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"x25519, 31, 32", "x448, 32, 56"})
    void montgomeryCurves(String file, int method, int length) throws Exception {
        List<Vector> vectors = Vectors.sample("wycheproof/" + file + ".txt", 2);
        for (KeyExchange exchange : implementations(method).toList()) {
            for (Vector vector : vectors) {
                try (KeyExchange.KeyPair pair = exchange.generate(new FixedRandom(vector.text(3)))) {
                    byte[] peer = vector.octets(2);
                    boolean leadsToZero = vector.text(4).matches("(00)*");
                    if (vector.is("invalid") || leadsToZero || peer.length != length) {
                        assertThatThrownBy(() -> pair.agree(peer))
                                .as("%s", vector)
                                .isInstanceOf(InvalidPublicValueException.class);
                    } else {
                        assertAgreed(vector, pair);
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ecp-256, 19, 32, 2",
        "ecp-384, 20, 48, 8",
        "ecp-521, 21, 66, 8",
        "brainpool-256, 28, 32, 8",
        "brainpool-384, 29, 48, 16",
        "brainpool-512, 30, 64, 16"
    })
    void ellipticCurves(String file, int method, int fieldLength, int every) throws Exception {
        int unwanted = 0;
        List<Vector> vectors = Vectors.sample("wycheproof/" + file + ".txt", every);
        KeyExchange exchange = registry.keyExchange(method);
        for (Vector vector : vectors) {
            try (KeyExchange.KeyPair pair = exchange.generate(new FixedRandom(fixed(vector.text(3), fieldLength)))) {
                if (vector.is("invalid")) {
                    assertRefused(vector, method);
                } else {
                    assertAgreed(vector, pair);
                }
            } catch (FixedRandom.UnwantedValueException e) {
                unwanted++;
            }
        }
        assertThat(unwanted).as("private keys that are never made").isLessThan(vectors.size() / 2);
    }

    private static void assertRefused(Vector vector, int method) {
        implementations(method).forEach(each -> {
            try (KeyExchange.KeyPair own = each.generate(new SecureRandom())) {
                assertThatThrownBy(() -> own.agree(vector.octets(2)))
                        .as("%s", vector)
                        .isInstanceOf(InvalidPublicValueException.class);
            }
        });
    }

    private static void assertAgreed(Vector vector, KeyExchange.KeyPair pair) throws Exception {
        try (SecretBytes agreed = pair.agree(vector.octets(2))) {
            assertThat(agreed.<String>use(HEX::formatHex)).as("%s", vector).isEqualTo(vector.text(4));
        }
    }

    private static String fixed(String digits, int octets) {
        String bare = digits.replaceFirst("^(00)+", "");
        return "00".repeat(octets - bare.length() / 2) + bare;
    }

    private static Stream<KeyExchange> implementations(int method) {
        return StandardProviders.all().stream()
                .flatMap(provider -> provider.offers().stream())
                .map(CryptoProvider.Offer::transform)
                .filter(transform -> transform.transform().equals(TransformId.keyExchange(method)))
                .map(KeyExchange.class::cast);
    }
}
