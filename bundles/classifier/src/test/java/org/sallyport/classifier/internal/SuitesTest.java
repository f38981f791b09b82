package org.sallyport.classifier.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.linux.memory.RawMemory;

/** Packets of every ESP suite: against the RFC, against the JDK's parts alone, and bit by bit. */
class SuitesTest {
    private static final int SPI = 0x01020304;
    private static final HexFormat HEX = HexFormat.of();

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(4303);
    private final SaFactory everybody = factory(StandardProviders.all());
    private final SaFactory theJdk = factory(StandardProviders.all().stream()
            .filter(provider -> provider.name().equals("jdk"))
            .toList());

    private static SaFactory factory(List<CryptoProvider> providers) {
        CryptoRegistry registry = CryptoRegistry.of(providers);
        return new SaFactory(1, () -> registry, sa -> {});
    }

    /** The same keys for both ends. */
    private static final class Suite {
        private final int encryption;
        private final int integrity;
        private final boolean extended;
        private final byte[] key;
        private final byte[] salt;
        private final byte[] macKey;

        Suite(int encryption, int integrity, boolean extended, byte[] key, byte[] salt, byte[] macKey) {
            this.encryption = encryption;
            this.integrity = integrity;
            this.extended = extended;
            this.key = key;
            this.salt = salt;
            this.macKey = macKey;
        }
    }

    private Suite suite(int encryption, int keyBits, int salt, int integrity, int macKey, boolean extended) {
        return new Suite(encryption, integrity, extended, octets(keyBits / 8), octets(salt), octets(macKey));
    }

    private InstalledSa sa(Suite suite, SaDirection direction) {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        InstalledSa installed = Slots.fill(Slots.Sa.of(SPI, direction).sequence(suite.extended, 1024, 1L << 40), slot);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, suite.encryption);
        slot.set(JAVA_INT, SaSlotLayout.INTEGRITY, suite.integrity);
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, suite.key.length * 8);
        MemorySegment.copy(suite.key, 0, slot, JAVA_BYTE, SaSlotLayout.CIPHER_KEY, suite.key.length);
        MemorySegment.copy(suite.salt, 0, slot, JAVA_BYTE, SaSlotLayout.SALT, suite.salt.length);
        MemorySegment.copy(suite.macKey, 0, slot, JAVA_BYTE, SaSlotLayout.INTEGRITY_KEY, suite.macKey.length);
        return installed;
    }

    private byte[] seal(OutboundSa out, byte[] inner, long sequence) {
        long packet = arena.allocate(inner.length + 128L, 8).address();
        RawMemory.copyIn(inner, 0, packet + out.textOffset(), inner.length);
        int length = out.seal(packet, inner.length, EspFormat.NEXT_IPV4, sequence);
        byte[] sealed = new byte[length];
        RawMemory.copyOut(packet, sealed, 0, length);
        return sealed;
    }

    /** Returns the text, or nothing when it is not genuine. */
    private byte[] open(PacketAead aead, byte[] packet, long sequence) {
        int offset = 8 + aead.ivLength();
        int length = packet.length - offset - aead.icvLength();
        long address = arena.allocate(packet.length, 8).address();
        RawMemory.copyIn(packet, 0, address, packet.length);
        byte[] text = new byte[aead.open(address + offset, length, sequence) ? length : 0];
        RawMemory.copyOut(address + offset, text, 0, text.length);
        return text;
    }

    @ParameterizedTest(name = "ENCR {0} with {1} bits, INTEG {3}")
    @CsvSource({
        "20, 256, 4, 0, 0, 4",
        "28, 256, 4, 0, 0, 4",
        "16, 128, 3, 0, 0, 4",
        "14, 256, 3, 0, 0, 4",
        "12, 128, 0, 12, 32, 16",
        "12, 192, 0, 13, 48, 16",
        "12, 256, 0, 14, 64, 16",
        "12, 256, 0, 8, 16, 16",
        "12, 128, 0, 5, 16, 16",
        "11, 0, 0, 12, 32, 4",
        "21, 128, 4, 0, 0, 4",
        "21, 256, 4, 0, 0, 4",
    })
    void whatLeavesArrivesAndNothingElseDoes(
            int encryption, int keyBits, int salt, int integrity, int macKey, int alignment) throws Exception {
        whatLeavesArrives(everybody, everybody, encryption, keyBits, salt, integrity, macKey, alignment);
        whatLeavesArrives(theJdk, everybody, encryption, keyBits, salt, integrity, macKey, alignment);
        whatLeavesArrives(everybody, theJdk, encryption, keyBits, salt, integrity, macKey, alignment);
    }

    private void whatLeavesArrives(
            SaFactory sender,
            SaFactory receiver,
            int encryption,
            int keyBits,
            int salt,
            int integrity,
            int macKey,
            int alignment)
            throws Exception {
        for (boolean extended : new boolean[] {false, true}) {
            Suite suite = suite(encryption, keyBits, salt, integrity, macKey, extended);
            OutboundSa out = sender.outbound(sa(suite, SaDirection.OUTBOUND), new SpiKey(IpsecProtocol.ESP, 7));
            PacketAead in = Objects.requireNonNull(
                    receiver.inbound(sa(suite, SaDirection.INBOUND)).aead());
            long sequence = extended ? 0x7_0000_0005L : 5;
            assertThat(in.alignment()).isEqualTo(alignment);
            for (int length : new int[] {20, 21, 22, 23, 36, 37, 1400, 9000, 65_000}) {
                byte[] inner = octets(length);
                byte[] packet = seal(out, inner, ++sequence);
                byte[] text = open(in, packet, sequence);
                assertThat(text.length % alignment).isZero();
                assertThat(Arrays.copyOf(text, length)).isEqualTo(inner);
                assertThat(open(in, packet, sequence + 1)).isEmpty();
                assertThat(open(in, packet, sequence + (1L << 32)).length == 0).isEqualTo(extended);
            }
            everyBitCounts(in, seal(out, octets(40), sequence + 1), sequence + 1);
        }
    }

    /** Of the header the receiver's own idea of SPI and sequence number is authenticated. */
    private void everyBitCounts(PacketAead in, byte[] packet, long sequence) {
        assertThat(open(in, packet, sequence)).isNotEmpty();
        for (int bit = 64; bit < packet.length * 8; bit++) {
            byte[] forged = packet.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(open(in, forged, sequence)).as("bit %s", bit).isEmpty();
        }
    }

    /** RFC 7634 appendix A. */
    @Test
    void chaChaOpensWhatTheRfcPublishes() throws Exception {
        Suite suite = new Suite(
                28,
                0,
                false,
                HEX.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
                HEX.parseHex("a0a1a2a3"),
                new byte[0]);
        byte[] packet = HEX.parseHex("01020304000000051011121314151617"
                + "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7"
                + "2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0"
                + "76aaa8266b7fb0f7b11b369907e1ad43");
        for (SaFactory each : List.of(everybody, theJdk)) {
            assertThat(HEX.formatHex(open(
                            Objects.requireNonNull(
                                    each.inbound(sa(suite, SaDirection.INBOUND)).aead()),
                            packet,
                            5)))
                    .startsWith("45000054a6f200004001e778c6336405c0000205")
                    .endsWith("01020204");
        }
    }

    /** RFC 4303 section 2.2.1: the upper half of the number is authenticated behind the text, and not sent. */
    @Test
    void cbcWithHmacIsWhatEachOfThemYieldsAlone() throws Exception {
        Suite suite = suite(12, 256, 0, 12, 32, true);
        OutboundSa out = everybody.outbound(sa(suite, SaDirection.OUTBOUND), new SpiKey(IpsecProtocol.ESP, 7));
        byte[] packet = seal(out, octets(100), 0x1_0000_0009L);
        assertThat(packet).hasSize(8 + 16 + 112 + 16);
        assertThat(HEX.formatHex(packet, 0, 8)).isEqualTo("0102030400000009");
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(suite.macKey, "HmacSHA256"));
        hmac.update(packet, 0, packet.length - 16);
        hmac.update(new byte[] {0, 0, 0, 1});
        assertThat(Arrays.copyOfRange(packet, packet.length - 16, packet.length))
                .isEqualTo(Arrays.copyOf(hmac.doFinal(), 16));
        Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
        cbc.init(Cipher.DECRYPT_MODE, new SecretKeySpec(suite.key, "AES"), new IvParameterSpec(packet, 8, 16));
        byte[] text = cbc.doFinal(packet, 24, 112);
        assertThat(HEX.formatHex(text, 100, 112)).isEqualTo("0102030405060708090a0a04");
    }

    @Test
    void whatDoesNotAuthenticateIsRefused() {
        assertThatThrownBy(() -> everybody.inbound(sa(suite(12, 128, 0, 0, 0, true), SaDirection.INBOUND)))
                .isInstanceOf(SaRefusedException.class)
                .hasMessageContaining("goes with an integrity algorithm alone");
        assertThatThrownBy(() -> everybody.inbound(sa(suite(3, 192, 0, 12, 32, true), SaDirection.INBOUND)))
                .isInstanceOf(SaRefusedException.class)
                .hasMessageContaining("ENCR_3DES");
        SaFactory alone = new SaFactory(1, () -> null, sa -> {});
        assertThatThrownBy(() -> alone.inbound(sa(suite(28, 256, 4, 0, 0, true), SaDirection.INBOUND)))
                .isInstanceOf(SaRefusedException.class)
                .hasMessageContaining("start bundle org.sallyport.crypto");
    }

    private byte[] octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }
}
