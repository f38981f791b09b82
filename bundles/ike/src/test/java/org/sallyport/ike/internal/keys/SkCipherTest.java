package org.sallyport.ike.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

class SkCipherTest {
    private static final IkeHeader HEADER = IkeHeader.request(1, 2, ExchangeType.INFORMATIONAL, true, 5);
    private static final List<Payload> PAYLOADS = List.of(Payload.Notify.of(NotifyType.INITIAL_CONTACT));

    private final Protection aead = protection(TransformId.ENCR_AES_GCM_16, 128, 0);
    private final SkCipher cipher = new SkCipher(aead);
    private final DirectionKeys key = Recording.withoutIntegrity(SecretBytes.owning(new byte[20]));

    private static Protection protection(int encryption, int keyBits, int integrity) {
        try {
            return Protection.of(CryptoRegistry.of(StandardProviders.all()), encryption, keyBits, integrity);
        } catch (UnavailableTransformException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsSealedIsOpened() throws Exception {
        IvCounter ivs = IvCounter.startOf(3);
        byte[] sealed = cipher.seal(key, ivs, HEADER, PAYLOADS);
        assertThat(cipher.open(key, sealed)).isEqualTo(new SkCipher.Opened.Genuine(new IkeMessage(HEADER, PAYLOADS)));
        byte[] empty = cipher.seal(key, ivs, HEADER, List.of());
        assertThat(cipher.open(key, empty)).isEqualTo(new SkCipher.Opened.Genuine(new IkeMessage(HEADER, List.of())));
        assertThat(Bytes.of(sealed, 32, 8).hex()).isEqualTo("0003000000000001");
        assertThat(Bytes.of(empty, 32, 8).hex()).isEqualTo("0003000000000002");
    }

    @Test
    void everyBitCounts() throws Exception {
        byte[] sealed = cipher.seal(key, IvCounter.startOf(0), HEADER, PAYLOADS);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.open(key, forged)).as("bit %s", bit).isInstanceOf(SkCipher.Opened.Dropped.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertThat(cipher.open(key, Arrays.copyOf(sealed, length))).isInstanceOf(SkCipher.Opened.Dropped.class);
        }
        try (SecretBytes other =
                SecretBytes.owning(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0})) {
            assertThat(cipher.open(Recording.withoutIntegrity(other), sealed))
                    .isEqualTo(new SkCipher.Opened.Dropped("INFORMATIONAL request 5 fails its integrity check"));
        }
    }

    /** RFC 7296 section 3.14: IV, text and padding are whole blocks, and the ICV covers the header too. */
    @ParameterizedTest
    @CsvSource({"12, 128, 12, 16, 16, 32", "12, 256, 14, 32, 32, 64", "12, 192, 8, 12, 24, 16", "12, 256, 5, 12, 32, 16"
    })
    void encryptionAndIntegrityApartDoTheSame(
            int encryption, int keyBits, int integrity, int icv, int keyLength, int integrityKeyLength)
            throws Exception {
        SkCipher apart = new SkCipher(protection(encryption, keyBits, integrity));
        DirectionKeys keys = new DirectionKeys(
                SecretBytes.owning(new byte[keyLength]), SecretBytes.owning(new byte[integrityKeyLength]));
        IvCounter ivs = IvCounter.startOf(0);
        byte[] sealed = apart.seal(keys, ivs, HEADER, PAYLOADS);
        assertThat(sealed).hasSize(32 + 16 + 16 + icv);
        assertThat(apart.open(keys, sealed)).isEqualTo(new SkCipher.Opened.Genuine(new IkeMessage(HEADER, PAYLOADS)));
        byte[] again = apart.seal(keys, ivs, HEADER, PAYLOADS);
        assertThat(Bytes.of(again, 32, 16)).isNotEqualTo(Bytes.of(sealed, 32, 16));
        byte[] empty = apart.seal(keys, ivs, HEADER, List.of());
        assertThat(apart.open(keys, empty)).isEqualTo(new SkCipher.Opened.Genuine(new IkeMessage(HEADER, List.of())));
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(apart.open(keys, forged)).as("bit %s", bit).isInstanceOf(SkCipher.Opened.Dropped.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertThat(apart.open(keys, Arrays.copyOf(sealed, length))).isInstanceOf(SkCipher.Opened.Dropped.class);
        }
    }

    @Test
    void aMessageInClearIsNotGenuine() throws Exception {
        byte[] clear = MessageEncoder.encode(new IkeMessage(HEADER, PAYLOADS));
        assertThat(cipher.open(key, clear))
                .isEqualTo(new SkCipher.Opened.Dropped(
                        "INFORMATIONAL request 5 [N(INITIAL_CONTACT)] carries no SK payload"));
    }

    @Test
    void paddingIsTakenOffAndNotBelieved() throws Exception {
        byte[] inner = Bytes.ofHex("0000000800004000").toArray();
        assertThat(cipher.open(key, sealedText(inner, 3, 3)))
                .isEqualTo(new SkCipher.Opened.Genuine(new IkeMessage(HEADER, PAYLOADS)));
        assertThatExceptionOfType(IkeProtocolException.class)
                .isThrownBy(() -> cipher.open(key, sealedText(inner, 3, 12)))
                .withMessageContaining("more padding than content");
        assertThatExceptionOfType(IkeProtocolException.class)
                .isThrownBy(() -> cipher.open(key, sealedText(inner, 3, 2)))
                .withMessageContaining("1 octets too many")
                .satisfies(e -> assertThat(e.type()).isEqualTo(NotifyType.INVALID_SYNTAX));
    }

    /** A peer with the key that pads as it likes. */
    private byte[] sealedText(byte[] inner, int padding, int stated) {
        int textLength = inner.length + padding + 1;
        int total = 32 + 8 + textLength + 16;
        byte[] message = Arrays.copyOf(MessageEncoder.encodeSealedHeader(HEADER, PAYLOADS, total), total);
        System.arraycopy(inner, 0, message, 40, inner.length);
        message[40 + textLength - 1] = (byte) stated;
        try (Protection.Keyed keyed = aead.withKeys(key.encryption(), key.integrity())) {
            keyed.seal(0, message, 32, textLength);
        }
        return message;
    }

    @Test
    void aMessageThatIsTooLargeIsNotWrittenAndTakesNoIv() {
        IvCounter ivs = IvCounter.startOf(0);
        List<Payload> large = List.of(new Payload.VendorId(Bytes.of(new byte[65_480])));
        assertThatThrownBy(() -> cipher.seal(key, ivs, HEADER, large)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ivs.used()).isZero();
    }

    @Test
    void ivsNeverRepeatAndEpochsAreApart() {
        IvCounter first = IvCounter.startOf(1);
        assertThat(first.next()).isEqualTo(0x0001_0000_0000_0001L);
        assertThat(first.next()).isEqualTo(0x0001_0000_0000_0002L);
        assertThat(IvCounter.resume(first.epoch(), first.used()).next()).isEqualTo(0x0001_0000_0000_0003L);
        assertThat(IvCounter.startOf(0xffff).next()).isEqualTo(0xffff_0000_0000_0001L);
        IvCounter last = IvCounter.resume(7, 0xffff_ffff_fffeL);
        assertThat(last.next()).isEqualTo(0x0007_ffff_ffff_ffffL);
        assertThatIllegalStateException().isThrownBy(last::next).withMessageContaining("has to be rekeyed");
        assertThatThrownBy(() -> IvCounter.startOf(0x10000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void natDetectionHashOfAnIpv6Address() {
        // python3: hashlib.sha1(bytes.fromhex('0102030405060708' '1112131415161718' '20010db8' + '00'*11 + '01'
        // '1194'))
        assertThat(NatDetection.hash(
                                0x0102030405060708L, 0x1112131415161718L, InetAddress.ofLiteral("2001:db8::1"), 4500)
                        .hex())
                .isEqualTo("1ee24423bf8f59515e0265c6d0f08be3d038f7e5");
    }
}
