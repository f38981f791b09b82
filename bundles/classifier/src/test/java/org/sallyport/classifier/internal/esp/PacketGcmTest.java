package org.sallyport.classifier.internal.esp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.linux.memory.RawMemory;

/** The test cases for GCM in ESP of draft-mcgrew-gcm-test-01, by all who seal it. */
class PacketGcmTest {
    private static final String[] CASES = {
        "4c80cdefbb5d10da906ac73c3613a634, 2e443b68, 4956ed7e3b244cfe, 4321, true, 8765432100000000,"
                + "45000048699a000080114db7c0a80102c0a801010a9bf15638d3010000010000"
                + "00000000045f736970045f756470037369700963796265726369747902646b00"
                + "0021000101020201,"
                + "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34"
                + "cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce"
                + "61bc17d768fd9732459018148f6cbe722fd04796562dfdb4",
        "feffe9928665731c6d6a8f9467308308feffe9928665731c, cafebabe, facedbaddecaf888, a5f8, false, 000000000000000a,"
                + "45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d075680001,"
                + "a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0315b27452144cc77"
                + "95457b9652037f5318027b5b4cd7a636",
        "abbccddef00112233445566778899aababbccddef00112233445566778899aab, 11223344, 0102030405060708, 4a2cbfe3, false,"
                + "0000000000000002,"
                + "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee0000000007002400020bf0000020405b40101040201020201,"
                + "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763748a637985771d347f0545659f14e99def842d8e"
                + "b335f4eecfdbf831824b4c4915956c96",
    };

    private final Arena arena = Arena.ofAuto();

    private enum Kind {
        JDK,
        LIBCRYPTO,
        IPSEC_MB
    }

    private static Stream<Arguments> casesOfAll() {
        return Arrays.stream(CASES).flatMap(line -> Arrays.stream(Kind.values())
                .map(kind -> Arguments.argumentSet(kind + " " + line.substring(0, 16), kind, line.split(", *"))));
    }

    @ParameterizedTest
    @MethodSource("casesOfAll")
    void seals_and_opens_what_others_do(Kind kind, String[] fields) {
        String iv = fields[2];
        String text = fields[6];
        String sealed = fields[7];
        PacketAead aead = aead(kind, fields[0], fields[1], fields[3], Boolean.parseBoolean(fields[4]));
        byte[] plain = HexFormat.of().parseHex(text);
        long address = arena.allocate(16 + plain.length + 16L, 8).address() + 16;
        long number = Long.parseUnsignedLong(fields[5], 16);
        long vector = Long.parseUnsignedLong(iv, 16);
        RawMemory.copyIn(plain, 0, address, plain.length);

        aead.seal(address, plain.length, number, vector);
        assertThat(read(address, plain.length + 16)).isEqualTo(sealed);
        assertThat(read(address - 8, 8)).isEqualTo(iv);

        assertThat(aead.open(address, plain.length, number + 1)).isFalse();
        assertThat(read(address, plain.length)).isNotEqualTo(text);
        put(address, sealed);
        RawMemory.putNetLong(address - 8, vector + 1);
        assertThat(aead.open(address, plain.length, number)).isFalse();
        put(address, sealed);
        RawMemory.putNetLong(address - 8, vector);
        assertThat(aead.open(address, plain.length, number)).isTrue();
        assertThat(read(address, plain.length)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void theUpperHalfOfTheNumberIsAuthenticated(Kind kind) {
        PacketAead aead = aead(kind, "000102030405060708090a0b0c0d0e0f", "01020304", "1234", true);
        long address = arena.allocate(64, 8).address() + 8;
        aead.seal(address, 16, 0x1_0000_0005L, 7);
        String sealed = read(address, 32);
        assertThat(aead.open(address, 16, 5)).isFalse();
        put(address, sealed);
        assertThat(aead.open(address, 16, 0x1_0000_0005L)).isTrue();
    }

    @Test
    void wipedKeysAreGone() {
        SlotKey key = new SlotKey(new byte[] {1, 2, 3});
        byte[] lent = key.getEncoded();
        key.destroy();
        assertThat(key.isDestroyed()).isTrue();
        assertThat(key.getEncoded()).containsOnly(0);
        assertThat(lent).containsExactly(1, 2, 3);
        assertThat(key.toString()).doesNotContain("1, 2");
        assertThatThrownBy(() -> aead(Kind.JDK, "00", "01020304", "1234", true)
                        .seal(arena.allocate(64).address() + 8, 16, 1, 1))
                .isInstanceOf(IllegalStateException.class);
    }

    private PacketAead aead(Kind kind, String key, String salt, String spi, boolean extended) {
        byte[] octets = HexFormat.of().parseHex(key);
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        slot.set(ValueLayout.JAVA_INT, SaSlotLayout.KEY_BITS, octets.length * 8);
        slot.set(ValueLayout.JAVA_INT, SaSlotLayout.FLAGS, extended ? SaSlotLayout.FLAG_ESN : 0);
        slot.set(ValueLayout.JAVA_INT, SaSlotLayout.SPI, Integer.parseUnsignedInt(spi, 16));
        RawMemory.copyIn(octets, 0, slot.address() + SaSlotLayout.CIPHER_KEY, octets.length);
        RawMemory.copyIn(HexFormat.of().parseHex(salt), 0, slot.address() + SaSlotLayout.SALT, 4);
        return kind == Kind.JDK
                ? new JdkGcm(slot.address(), new CryptoBuffers())
                : new InPlaceAead(inMemory(kind, octets.length * 8), slot.address());
    }

    private static MemoryAead inMemory(Kind kind, int keyBits) {
        String name = kind == Kind.LIBCRYPTO ? "libcrypto" : "ipsec-mb";
        CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all().stream()
                .filter(provider -> provider.name().equals(name))
                .toList());
        try {
            return (MemoryAead) registry.aead(TransformId.ENCR_AES_GCM_16, keyBits);
        } catch (UnavailableTransformException e) {
            return abort(name + " is not installed: apt-get install libssl3 libipsec-mb1");
        }
    }

    private static void put(long address, String octets) {
        byte[] all = HexFormat.of().parseHex(octets);
        RawMemory.copyIn(all, 0, address, all.length);
    }

    private static String read(long address, int length) {
        byte[] octets = new byte[length];
        RawMemory.copyOut(address, octets, 0, length);
        return HexFormat.of().formatHex(octets);
    }
}
