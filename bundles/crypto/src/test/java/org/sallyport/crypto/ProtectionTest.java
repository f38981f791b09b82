package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;

/** Header, IV, text and ICV: what others make of the same keys, and what is refused. */
class ProtectionTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int HEADER = 32;
    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());
    private final Random random = new Random(8221);

    /** RFC 3602 section 4, cases 1 and 2. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            06a9214036b8a15b512e03d534120006, 3dafba429d9eb430b422da802c9fac41, 53696e676c6520626c6f636b206d7367, \
            e353779c1079aeb82708942dbe77181a
            c286696d887c9aa0611bbb3e2025a45a, 562e17996d093d28ddb3ba695a2e6f58, \
            000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, \
            d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1
            """)
    void cbcDecryptsWhatTheRfcPublishes(String key, String iv, String text, String cipherText) throws Exception {
        byte[] buffer = HEX.parseHex(iv + cipherText);
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key));
                Encryption.Keyed keyed = registry.encryption(12, 128).withKey(secret)) {
            keyed.decrypt(buffer, 0, buffer.length - 16);
        }
        assertThat(HEX.formatHex(buffer, 16, buffer.length)).isEqualTo(text);
    }

    /** RFC 7634 appendix A: an ESP packet. */
    @Test
    void chaChaSealsWhatTheRfcPublishes() throws Exception {
        String text =
                "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f101112131415"
                        + "161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363701020204";
        byte[] packet = HEX.parseHex("0102030400000005" + "0000000000000000" + text + "00".repeat(16));
        String key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3";
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key));
                Protection.Keyed keyed =
                        Protection.of(registry, 28, 0, 0).withKeys(secret, SecretBytes.owning(new byte[0]))) {
            keyed.seal(0x1011121314151617L, packet, 8, text.length() / 2);
        }
        assertThat(HEX.formatHex(packet))
                .isEqualTo("0102030400000005" + "1011121314151617"
                        + "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7"
                        + "2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0"
                        + "76aaa8266b7fb0f7b11b369907e1ad43");
    }

    @ParameterizedTest
    @CsvSource({"128, 12, HmacSHA256, 32, 16", "192, 13, HmacSHA384, 48, 24", "256, 14, HmacSHA512, 64, 32"})
    void cbcWithHmacIsWhatEachOfThemYieldsAlone(int bits, int integrity, String mac, int macKey, int icv)
            throws Exception {
        Protection protection = Protection.of(registry, 12, bits, integrity);
        byte[] key = octets(bits / 8);
        byte[] integrityKey = octets(macKey);
        byte[] text = octets(160);
        byte[] message = new byte[HEADER + 16 + text.length + icv];
        System.arraycopy(octets(HEADER), 0, message, 0, HEADER);
        System.arraycopy(text, 0, message, HEADER + 16, text.length);
        try (SecretBytes e = SecretBytes.copyOf(key);
                SecretBytes a = SecretBytes.copyOf(integrityKey);
                Protection.Keyed keyed = protection.withKeys(e, a)) {
            keyed.seal(0x0001_0000_0000_0007L, message, HEADER, text.length);
        }
        int end = message.length - icv;
        Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
        ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        byte[] iv = ecb.doFinal(HEX.parseHex("00000000000000000001000000000007"));
        assertThat(Arrays.copyOfRange(message, HEADER, HEADER + 16)).isEqualTo(iv);
        Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
        cbc.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        assertThat(cbc.doFinal(message, HEADER + 16, text.length)).isEqualTo(text);
        Mac hmac = Mac.getInstance(mac);
        hmac.init(new SecretKeySpec(integrityKey, mac));
        hmac.update(message, 0, end);
        assertThat(Arrays.copyOfRange(message, end, message.length)).isEqualTo(Arrays.copyOf(hmac.doFinal(), icv));
    }

    @ParameterizedTest
    @CsvSource({"14, 8", "16, 16"})
    void ccmIsWhatBouncyCastleMakesOfTheSame(int id, int icv) throws Exception {
        for (int round = 0; round < 300; round++) {
            int bits = 128 + 64 * random.nextInt(3);
            byte[] keyAndSalt = octets(bits / 8 + 3);
            byte[] text = octets(random.nextInt(200));
            byte[] header = octets(random.nextInt(60));
            long iv = random.nextLong();
            byte[] message = new byte[header.length + 8 + text.length + icv];
            System.arraycopy(header, 0, message, 0, header.length);
            System.arraycopy(text, 0, message, header.length + 8, text.length);
            Protection protection = Protection.of(registry, id, bits, 0);
            try (SecretBytes secret = SecretBytes.copyOf(keyAndSalt);
                    Protection.Keyed keyed = protection.withKeys(secret, SecretBytes.owning(new byte[0]))) {
                keyed.seal(iv, message, header.length, text.length);
                byte[] sealed = Arrays.copyOfRange(message, header.length + 8, message.length);
                assertThat(sealed).isEqualTo(bouncyCastleCcm(keyAndSalt, iv, header, text, icv));
                assertThat(keyed.open(message, header.length, text.length)).isTrue();
            }
            assertThat(Arrays.copyOfRange(message, header.length + 8, message.length - icv))
                    .isEqualTo(text);
        }
    }

    private static byte[] bouncyCastleCcm(byte[] keyAndSalt, long iv, byte[] header, byte[] text, int icv)
            throws Exception {
        byte[] nonce = new byte[11];
        System.arraycopy(keyAndSalt, keyAndSalt.length - 3, nonce, 0, 3);
        for (int i = 0; i < 8; i++) {
            nonce[3 + i] = (byte) (iv >>> (56 - 8 * i));
        }
        var ccm = CCMBlockCipher.newInstance(AESEngine.newInstance());
        KeyParameter key = new KeyParameter(keyAndSalt, 0, keyAndSalt.length - 3);
        ccm.init(true, new AEADParameters(key, icv * 8, nonce, header));
        byte[] out = new byte[text.length + icv];
        int length = ccm.processBytes(text, 0, text.length, out, 0);
        ccm.doFinal(out, length);
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "20, 128, 0",
        "28, 0, 0",
        "16, 192, 0",
        "14, 256, 0",
        "12, 256, 12",
        "12, 128, 13",
        "12, 192, 14",
        "12, 128, 8",
        "12, 128, 5",
        "11, 0, 12"
    })
    void everyBitCounts(int encryption, int bits, int integrity) throws Exception {
        Protection protection = Protection.of(registry, encryption, bits, integrity);
        int textLength = 32;
        byte[] text = octets(textLength);
        byte[] sealed = new byte[HEADER + protection.ivLength() + textLength + protection.icvLength()];
        System.arraycopy(text, 0, sealed, HEADER + protection.ivLength(), textLength);
        try (SecretBytes e = SecretBytes.owning(octets(protection.keyLength() + protection.saltLength()));
                SecretBytes a = SecretBytes.owning(octets(protection.integrityKeyLength()));
                Protection.Keyed keyed = protection.withKeys(e, a)) {
            keyed.seal(1, sealed, HEADER, textLength);
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(keyed.open(forged, HEADER, textLength))
                        .as("bit %s", bit)
                        .isFalse();
            }
            byte[] other = sealed.clone();
            System.arraycopy(text, 0, other, HEADER + protection.ivLength(), textLength);
            keyed.seal(2, other, HEADER, textLength);
            if (protection.ivLength() > 0) {
                assertThat(other).as("another number, another IV").isNotEqualTo(sealed);
            }
            assertThat(keyed.open(sealed, HEADER, textLength)).isTrue();
            assertThat(Arrays.copyOfRange(
                            sealed, HEADER + protection.ivLength(), sealed.length - protection.icvLength()))
                    .isEqualTo(text);
        }
    }

    @Test
    void nothingGoesWithoutIntegrityAndAnAeadGoesAlone() {
        assertThatThrownBy(() -> Protection.of(registry, 12, 128, 0))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("goes with an integrity algorithm alone");
        assertThatThrownBy(() -> Protection.of(registry, 20, 128, 12))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("goes without an integrity algorithm");
        assertThatThrownBy(() -> Protection.of(registry, 12, 128, 2))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("SHA-1 is on its way out");
        assertThatThrownBy(() -> Protection.of(registry, 3, 0, 12)).hasMessageContaining("too weak");
    }

    private byte[] octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }
}
