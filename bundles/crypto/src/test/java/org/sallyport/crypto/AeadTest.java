package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;

class AeadTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private static final String TEXT = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    private static final String SALT = "cafebabe";
    private static final long IV = 0xfacedbaddecaf888L;

    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());

    /** Test cases 4, 10 and 16 of McGrew and Viega, The Galois/Counter Mode of Operation. */
    @ParameterizedTest(name = "AES-{0}")
    @CsvSource(textBlock = """
            128, feffe9928665731c6d6a8f9467308308, \
            42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e\
            21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091, 5bc94fbc3221a5db94fae95ae7121a47
            192, feffe9928665731c6d6a8f9467308308feffe9928665731c, \
            3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c\
            7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710, 2519498e80f1478f37ba55bd6d27618c
            256, feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308, \
            522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
            8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662, 76fc6ece0f4e1768cddf8853bb2d551b
            """)
    void yieldsWhatTheSpecificationPublishes(int bits, String key, String cipherText, String icv) throws Exception {
        Aead aead = registry.aead(TransformId.ENCR_AES_GCM_16, bits);
        int aadLength = AAD.length() / 2;
        int textLength = TEXT.length() / 2;
        byte[] buffer = HEX.parseHex(AAD + TEXT + "00".repeat(aead.icvLength()));
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key + SALT));
                Aead.Keyed keyed = aead.withKey(secret)) {
            keyed.seal(IV, buffer, 0, aadLength, aadLength, textLength);
            assertThat(HEX.formatHex(buffer)).isEqualTo(AAD + cipherText + icv);
            assertThat(keyed.open(IV, buffer, 0, aadLength, aadLength, textLength))
                    .isTrue();
            assertThat(HEX.formatHex(buffer, 0, aadLength + textLength)).isEqualTo(AAD + TEXT);
        }
    }

    @Test
    void anyFlippedBitIsNoticedAndNothingIsDecrypted() throws Exception {
        Aead aead = registry.aead(TransformId.ENCR_AES_GCM_16, 128);
        byte[] sealed = HEX.parseHex(AAD + TEXT + "00".repeat(aead.icvLength()));
        int aadLength = AAD.length() / 2;
        int textLength = TEXT.length() / 2;
        try (SecretBytes secret = SecretBytes.owning(new byte[aead.keyMaterialLength()]);
                Aead.Keyed keyed = aead.withKey(secret)) {
            keyed.seal(1, sealed, 0, aadLength, aadLength, textLength);
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(keyed.open(1, forged, 0, aadLength, aadLength, textLength))
                        .as("bit %s", bit)
                        .isFalse();
                assertThat(HEX.formatHex(forged)).doesNotContain(TEXT.substring(0, 16));
            }
            assertThat(keyed.open(2, sealed.clone(), 0, aadLength, aadLength, textLength))
                    .as("another IV")
                    .isFalse();
            assertThat(keyed.open(1, sealed, 0, aadLength, aadLength, textLength))
                    .isTrue();
        }
    }

    /** The example of AES-GMAC in ESP of draft-mcgrew-gcm-test-01: SPI, sequence number, IV and text are authenticated. */
    @Test
    void gmacYieldsWhatItsAuthorsPublish() throws Exception {
        Aead aead = registry.aead(TransformId.ENCR_NULL_AUTH_AES_GMAC, 128);
        String header = "0000432100000007";
        String text = "45000030da3a00008001df3bc0a80005c0a800010800c6cd0200070061626364"
                + "65666768696a6b6c6d6e6f707172737401020201";
        String sealed = header + text + "f2a9a836e155106aa8dcd618e4099aaa";
        int textLength = text.length() / 2;
        byte[] buffer = HEX.parseHex(header + text + "00".repeat(aead.icvLength()));
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex("4c80cdefbb5d10da906ac73c3613a63422433c64"));
                Aead.Keyed keyed = aead.withKey(secret)) {
            keyed.seal(0, buffer, 0, 8, 8, textLength);
            assertThat(HEX.formatHex(buffer)).isEqualTo(sealed);
            assertThat(keyed.open(0, buffer, 0, 8, 8, textLength)).isTrue();
            assertThat(keyed.open(1, buffer, 0, 8, 8, textLength))
                    .as("another IV")
                    .isFalse();
            for (int bit = 0; bit < buffer.length * 8; bit++) {
                byte[] forged = buffer.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(keyed.open(0, forged, 0, 8, 8, textLength))
                        .as("bit %s", bit)
                        .isFalse();
            }
        }
    }

    @Test
    void aKeyOfAnotherLengthIsRefusedAndAClosedOneIsOfNoUse() throws Exception {
        Aead aead = registry.aead(TransformId.ENCR_AES_GCM_16, 256);
        try (SecretBytes tooShort = SecretBytes.owning(new byte[32])) {
            assertThatThrownBy(() -> aead.withKey(tooShort))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("ENCR_AES_GCM_16-256 takes key and salt of 36 octets, not 32");
        }
        byte[] key = new byte[36];
        Arrays.fill(key, (byte) 7);
        try (SecretBytes secret = SecretBytes.owning(key)) {
            Aead.Keyed keyed = aead.withKey(secret);
            keyed.close();
            assertThatThrownBy(() -> keyed.seal(1, new byte[64], 0, 8, 8, 16))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(keyed.toString()).doesNotContain("0707");
        }
    }
}
