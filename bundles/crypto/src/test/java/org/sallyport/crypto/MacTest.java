package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;

/** AES-CMAC and AES-XCBC-MAC as the RFCs publish them, and integrity algorithms as they truncate. */
class MacTest {
    private static final HexFormat HEX = HexFormat.of();
    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());

    @ParameterizedTest
    @CsvSource(nullValues = "NULL", emptyValue = "", textBlock = """
            # RFC 4493 section 4
            8, 2b7e151628aed2a6abf7158809cf4f3c, '', bb1d6929e95937287fa37d129b756746
            8, 2b7e151628aed2a6abf7158809cf4f3c, 6bc1bee22e409f96e93d7e117393172a, 070a16b46b4d4144f79bdd9dd04a287c
            8, 2b7e151628aed2a6abf7158809cf4f3c, 6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
            30c81c46a35ce411, dfa66747de9ae63030ca32611497c827
            8, 2b7e151628aed2a6abf7158809cf4f3c, 6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
            30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710, 51f0bebf7e3b9d92fc49741779363cfe
            # RFC 4615 section 4
            8, 000102030405060708090a0b0c0d0e0fedcb, 000102030405060708090a0b0c0d0e0f10111213, \
            84a348a4a45d235babfffc0d2b4da09a
            8, 000102030405060708090a0b0c0d0e0f, 000102030405060708090a0b0c0d0e0f10111213, \
            980ae87b5f4c9c5214f5b6a8455e4c2d
            8, 00010203040506070809, 000102030405060708090a0b0c0d0e0f10111213, 290d9e112edb09ee141fcf64c0b72f3d
            # RFC 3566 section 4
            4, 000102030405060708090a0b0c0d0e0f, '', 75f0251d528ac01c4573dfd584d79f29
            4, 000102030405060708090a0b0c0d0e0f, 000102, 5b376580ae2f19afe7219ceef172756f
            4, 000102030405060708090a0b0c0d0e0f, 000102030405060708090a0b0c0d0e0f, d2a246fa349b68a79998a4394ff7a263
            4, 000102030405060708090a0b0c0d0e0f, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, \
            f54f0ec8d2b9f3d36807734bd5283fd4
            4, 000102030405060708090a0b0c0d0e0f, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021, \
            becbb3bccdb518a30677d5481fb6b4d8
            # RFC 4434 section 2.1
            4, 000102030405060708090a0b0c0d0e0f, 000102030405060708090a0b0c0d0e0f10111213, \
            47f51b4564966215b8985c63055ed308
            4, 00010203040506070809, 000102030405060708090a0b0c0d0e0f10111213, 0fa087af7d866e7653434e602fdde835
            4, 000102030405060708090a0b0c0d0e0fedcb, 000102030405060708090a0b0c0d0e0f10111213, \
            8cd3c93ae598a9803006ffb67c40e9e4
            """)
    void prfs(int id, String key, String message, String expected) throws Exception {
        byte[] octets = HEX.parseHex(message);
        int middle = octets.length / 3;
        byte[] computed = registry.prf(id)
                .compute(
                        HEX.parseHex(key),
                        Arrays.copyOf(octets, middle),
                        Arrays.copyOfRange(octets, middle, octets.length));
        assertThat(HEX.formatHex(computed)).isEqualTo(expected);
    }

    /** Published with GCM: nothing to encrypt, and what is authenticated as associated data. */
    @ParameterizedTest
    @CsvSource(emptyValue = "", textBlock = """
            # The Galois/Counter Mode of Operation (McGrew, Viega), test cases 1, 7 and 13
            9, 00000000000000000000000000000000, 00000000, 0000000000000000, '', 58e2fccefa7e3061367f1d57a4e7455a
            10, 000000000000000000000000000000000000000000000000, 00000000, 0000000000000000, '', \
            cd33b28ac773f74ba00ed1f312572435
            11, 0000000000000000000000000000000000000000000000000000000000000000, 00000000, 0000000000000000, '', \
            530f8afbc74536b9a963b4f1c4cb738b
            # IEEE 802.1AE, annex C.1: a frame of 54 octets that is authenticated alone
            9, ad7a2bd03eac835a6f620fdcb506b345, 12153524, c0895e81b2c28465, d609b1f056637a0d46df998d88e5222ab2c28465\
            12153524c0895e8108000f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233340001, f09478a9b09007d06f46e9b6a1da25dd
            11, e3c08a8f06c6e3ad95a70557b23f75483ce33021a9c72b7025666204c69c0b72, 12153524, c0895e81b2c28465, \
            d609b1f056637a0d46df998d88e5222ab2c2846512153524c0895e8108000f101112131415161718\
            191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233340001, 2f0bc5af409e06d609ea8b7d0fa5ea50
            """)
    void gmac(int id, String key, String salt, String iv, String message, String tag) throws Exception {
        Integrity gmac = registry.integrity(id);
        byte[] octets = HEX.parseHex(message);
        byte[] buffer = Arrays.copyOf(octets, octets.length + gmac.icvLength());
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key + salt));
                Integrity.Keyed keyed = gmac.withKey(secret)) {
            keyed.sign(Long.parseUnsignedLong(iv, 16), buffer, 0, octets.length, octets.length);
            assertThat(HEX.formatHex(buffer)).isEqualTo(message + iv + tag);
            assertThat(keyed.verify(buffer, 0, octets.length, octets.length)).isTrue();
            for (int i = 0; i < buffer.length; i++) {
                buffer[i] ^= (byte) 0x10;
                assertThat(keyed.verify(buffer, 0, octets.length, octets.length))
                        .as("octet " + i)
                        .isFalse();
                buffer[i] ^= (byte) 0x10;
            }
        }
    }

    @Test
    void gmacGoesWithoutEncryptionAndNeverWithoutANumber() throws Exception {
        assertThatThrownBy(() -> Protection.of(registry, TransformId.ENCR_NULL, 0, TransformId.AUTH_AES_128_GMAC))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("only AH");
        Integrity gmac = registry.integrity(TransformId.AUTH_AES_256_GMAC);
        try (SecretBytes secret = SecretBytes.owning(new byte[gmac.keyLength()]);
                Integrity.Keyed keyed = gmac.withKey(secret)) {
            assertThatThrownBy(() -> keyed.sign(new byte[64], 0, 16, 16)).isInstanceOf(IllegalStateException.class);
        }
    }

    /** RFC 3566 test case 7, longer than what is chained in one go; the others against themselves. */
    @ParameterizedTest
    @CsvSource({
        "5, 000102030405060708090a0b0c0d0e0f, 1000, f0dafee895db30253761103b",
        "12, '', 1400, ''",
        "13, '', 1400, ''",
        "14, '', 1400, ''",
    })
    void longMessages(int id, String key, int length, String expected) throws Exception {
        Integrity integrity = registry.integrity(id);
        byte[] buffer = new byte[length + integrity.icvLength()];
        byte[] octets = key.isEmpty() ? new byte[integrity.keyLength()] : HEX.parseHex(key);
        try (SecretBytes secret = SecretBytes.owning(octets);
                Integrity.Keyed keyed = integrity.withKey(secret)) {
            for (int i = 0; i < 2; i++) {
                keyed.sign(buffer, 0, length, length);
                if (!expected.isEmpty()) {
                    assertThat(HEX.formatHex(buffer, length, buffer.length)).isEqualTo(expected);
                }
                assertThat(keyed.verify(buffer, 0, length, length)).isTrue();
            }
            for (int at = 0; at < buffer.length; at++) {
                buffer[at] ^= 0x40;
                assertThat(keyed.verify(buffer, 0, length, length))
                        .as("octet %s", at)
                        .isFalse();
                buffer[at] ^= 0x40;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 16, 12", "8, 16, 12", "12, 32, 16", "13, 48, 24", "14, 64, 32"})
    void lengthsAreThoseOfTheRfcs(int id, int key, int icv) throws Exception {
        Integrity integrity = registry.integrity(id);
        assertThat(integrity.keyLength()).isEqualTo(key);
        assertThat(integrity.icvLength()).isEqualTo(icv);
        try (SecretBytes wrong = SecretBytes.owning(new byte[key + 1])) {
            assertThatThrownBy(() -> integrity.withKey(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("takes a key of " + key + " octets, not " + (key + 1));
        }
    }

    @Test
    void aClosedOneIsOfNoUse() throws Exception {
        for (int id : new int[] {5, 8, 12, 13, 14}) {
            Integrity integrity = registry.integrity(id);
            try (SecretBytes secret = SecretBytes.owning(new byte[integrity.keyLength()])) {
                Integrity.Keyed keyed = integrity.withKey(secret);
                keyed.close();
                assertThatThrownBy(() -> keyed.sign(new byte[64], 0, 8, 8)).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void onlyTheTwoOldPrfsTakeTheirKeyFromPartsOfTheNonces() throws Exception {
        assertThat(registry.prf(4).nonceKeyLength()).hasValue(8);
        assertThat(registry.prf(8).nonceKeyLength()).hasValue(8);
        assertThat(registry.prf(5).nonceKeyLength()).isEmpty();
    }
}
