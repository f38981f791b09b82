package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;

/** RFC 4231 section 4 for HMAC; prf+ as Python's hmac module computes it. */
class PrfTest {
    private static final HexFormat HEX = HexFormat.of();
    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());

    @ParameterizedTest(name = "case 1, PRF {0}")
    @CsvSource({
        "5, b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "6, afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
        "7, 87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    })
    void case1(int id, String expected) throws Exception {
        byte[] key = filled(20, 0x0b);
        assertThat(HEX.formatHex(registry.prf(id).compute(key, ascii("Hi "), ascii("There"))))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "case 2, PRF {0}")
    @CsvSource({
        "5, 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "6, af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        "7, 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    })
    void case2(int id, String expected) throws Exception {
        byte[] data = ascii("what do ya want for nothing?");
        assertThat(HEX.formatHex(registry.prf(id).compute(ascii("Jefe"), data))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "case 6, PRF {0}")
    @CsvSource({
        "5, 60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        "6, 4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
        "7, 80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    })
    void case6(int id, String expected) throws Exception {
        byte[] data = ascii("Test Using Larger Than Block-Size Key - Hash Key First");
        assertThat(HEX.formatHex(registry.prf(id).compute(filled(131, 0xaa), data)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "prf+ of PRF {0}")
    @CsvSource({
        "5, 577b6cdb02fb4d399391d9a06a8955bcf01d7367dc116132daa7708e11b799d8346376746798ca11dba3c2883cf77ace"
                + "60ce4e21d9a1788e0ebad87c07baa0333acd1a9927d273c259df6b07dfa9621d2808baaf88a337fa1a6e24b491393e17"
                + "bdba3562, be76491c6fa11c4eebceef3fd773b15784728d9ca4ffd707e50b8c67531decd0",
        "6, 20f69f79f39d2afd14db2eafb4e4c44ce4906521e18e7058672bb586b366b3ece860a39112cbdd6bb42b5a3986d68641"
                + "4c6d45e6aba81e8d63db7b5901088f4701a3cae20ad8e264593cc9908454b16c0d55d557bf95a9602496d614be374fcc"
                + "5f3f0656, d06253b04ecbd7f5788f498a4d6752011aacf9c8399d04d91e06422c9b9105ca",
        "7, 42a0985c51936d83ada6b482d1c98bfc8fb1d443eba9e80f1ac63717404e4b040fec2af551f73522232218e2d120c093"
                + "6c4fe3dde03d8d285fd767e0836a1f53dd5db255ee4ee3c9df4ddd85df043857a82eea6722a43eb4fe9dd92a91e71bf6"
                + "4bdfe4d4, e8517ae584185805d6447281221d58d41fcbaed50912f207b7a8ce3931db5a3f"
    })
    void prfPlusChainsItsBlocks(int id, String first100, String digestOfAll) throws Exception {
        Prf prf = registry.prf(id);
        byte[] key = new byte[40];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        int all = 255 * prf.outputLength();
        try (SecretBytes secret = SecretBytes.owning(key);
                SecretBytes part = prf.prfPlus(secret, 100, ascii("sallyport"), ascii(" seed"));
                SecretBytes whole = prf.prfPlus(secret, all, ascii("sallyport seed"))) {
            assertThat(part.<String>use(HEX::formatHex)).isEqualTo(first100);
            assertThat(whole.<String>use(PrfTest::sha256)).isEqualTo(digestOfAll);
            assertThatThrownBy(() -> prf.prfPlus(secret, all + 1, ascii("sallyport seed")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0 to " + all + " octets");
        }
    }

    @Test
    void anEmptyKeyIsAKey() throws Exception {
        // python3: hmac.new(b'', b'', 'sha256')
        assertThat(HEX.formatHex(registry.prf(5).compute(new byte[0])))
                .isEqualTo("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
