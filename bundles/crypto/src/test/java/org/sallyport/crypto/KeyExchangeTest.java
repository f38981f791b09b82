package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.secret.SecretBytes;

class KeyExchangeTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ROUNDS = 4;
    private static final List<Integer> METHODS = List.of(14, 15, 16, 19, 20, 21, 28, 29, 30, 31, 32);

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            # RFC 7748 section 6.1
            31, 77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a, \
            8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a, \
            de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f, \
            4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742
            # RFC 5903 section 8.1
            19, c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433, \
            dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180\
            5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3, \
            d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63\
            56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab, \
            d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de
            # RFC 5903 section 8.2
            20, 099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194, \
            667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa\
            9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c, \
            e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571\
            dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c, \
            11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746
            """)
    void yieldsWhatTheRfcPublishes(int method, String privateKey, String own, String peer, String shared)
            throws Exception {
        try (KeyExchange.KeyPair pair = best(method).generate(new FixedRandom(privateKey));
                SecretBytes agreed = pair.agree(HEX.parseHex(peer))) {
            assertThat(HEX.formatHex(pair.publicValue())).isEqualTo(own);
            assertThat(agreed.<String>use(HEX::formatHex)).isEqualTo(shared);
        }
    }

    static Stream<Arguments> pairsOfImplementations() {
        return METHODS.stream().flatMap(method -> implementations(method)
                .flatMap(a -> implementations(method).map(b -> Arguments.of(a, b))));
    }

    @ParameterizedTest
    @MethodSource("pairsOfImplementations")
    void implementationsAgreeWithEachOther(KeyExchange asking, KeyExchange answering) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            try (KeyExchange.KeyPair pair = asking.generate(RANDOM);
                    KeyExchange.Response response = answering.respond(pair.publicValue(), RANDOM);
                    SecretBytes agreed = pair.agree(response.publicValue())) {
                assertThat(response.sharedSecret().constantTimeEquals(agreed.<byte[]>use(byte[]::clone)))
                        .isTrue();
            }
        }
    }

    static Stream<KeyExchange> x25519() {
        return implementations(TransformId.KE_X25519);
    }

    @ParameterizedTest
    @MethodSource("x25519")
    void pointsOfSmallOrderAreRefused(KeyExchange x25519) {
        List<String> small = List.of(
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        for (String point : small) {
            assertRefused(x25519, HEX.parseHex(point), "leads to zero");
        }
    }

    /** A checkpoint keeps the seed of a pair: whoever resumes it may have another provider. */
    @Test
    void theSameRandomnessYieldsTheSamePairOfX25519ByEveryImplementation() {
        String seed = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
        List<KeyExchange> own = x25519().filter(
                        x -> !x.getClass().getSimpleName().startsWith("Jdk"))
                .toList();
        assertThat(own).isNotEmpty();
        for (KeyExchange each : own) {
            try (KeyExchange.KeyPair pair = each.generate(new FixedRandom(seed))) {
                assertThat(HEX.formatHex(pair.publicValue()))
                        .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("x25519")
    void theTopBitOfAPointIsIgnored(KeyExchange x25519) throws Exception {
        try (KeyExchange.KeyPair pair = x25519.generate(RANDOM);
                KeyExchange.KeyPair other = x25519.generate(RANDOM)) {
            byte[] value = other.publicValue();
            byte[] marked = value.clone();
            marked[31] |= (byte) 0x80;
            try (SecretBytes plain = pair.agree(value);
                    SecretBytes withBit = pair.agree(marked)) {
                assertThat(plain.constantTimeEquals(withBit.<byte[]>use(byte[]::clone)))
                        .isTrue();
            }
        }
    }

    static Stream<KeyExchange> curves() {
        return IntStream.of(19, 20, 21, 28, 29, 30).boxed().flatMap(KeyExchangeTest::implementations);
    }

    @ParameterizedTest
    @MethodSource("curves")
    void pointsOffTheCurveAreRefused(KeyExchange curve) {
        byte[] value;
        try (KeyExchange.KeyPair pair = curve.generate(RANDOM)) {
            value = pair.publicValue();
        }
        byte[] moved = value.clone();
        moved[moved.length - 1] ^= 1;
        byte[] tooLarge = new byte[value.length];
        Arrays.fill(tooLarge, (byte) 0xff);
        assertRefused(curve, moved, "not a point of the curve");
        assertRefused(curve, new byte[value.length], "not a point of the curve");
        assertRefused(curve, tooLarge, "not a point of the curve");
    }

    @Test
    void valuesOfAnotherLengthAreRefused() {
        for (int method : METHODS) {
            implementations(method).forEach(exchange -> {
                for (int length : new int[] {0, 1, 31, 33, 55, 57, 63, 65, 95, 97, 127, 129, 131, 133, 255, 0xffff}) {
                    assertRefused(exchange, new byte[length], "octets, not " + length);
                }
            });
        }
    }

    private static void assertRefused(KeyExchange exchange, byte[] value, String why) {
        try (KeyExchange.KeyPair pair = exchange.generate(RANDOM)) {
            assertThatThrownBy(() -> pair.agree(value))
                    .isInstanceOf(InvalidPublicValueException.class)
                    .hasMessageContaining(why)
                    .hasMessageContaining(exchange.transform().toString());
        }
    }

    private static KeyExchange best(int method) throws UnavailableTransformException {
        return CryptoRegistry.of(StandardProviders.all()).keyExchange(method);
    }

    private static Stream<KeyExchange> implementations(int method) {
        TransformId wanted = TransformId.keyExchange(method);
        return StandardProviders.all().stream()
                .flatMap(provider -> provider.offers().stream())
                .map(CryptoProvider.Offer::transform)
                .filter(transform -> transform.transform().equals(wanted))
                .map(KeyExchange.class::cast);
    }
}
