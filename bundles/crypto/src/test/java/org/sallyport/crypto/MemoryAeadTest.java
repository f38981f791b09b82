package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Vectors.Vector;
import org.sallyport.crypto.internal.IpsecMbProvider;
import org.sallyport.crypto.internal.JdkProvider;
import org.sallyport.crypto.internal.LibcryptoProvider;

/** AEADs on packets in memory: Wycheproof's vectors, and the JDK's octets for every length that a packet can have. */
class MemoryAeadTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int SPI_AND_NUMBER = 8;

    private final CryptoRegistry jdkAlone = CryptoRegistry.of(List.of(new JdkProvider()));
    private final MemorySegment data = Arena.ofAuto().allocate(64, 64);
    private final MemorySegment text = Arena.ofAuto().allocate(10_000, 64);

    private enum Library {
        IPSEC_MB("libIPSec_MB.so.1 is not installed: apt-get install libipsec-mb1"),
        LIBCRYPTO("libcrypto.so.3 is not installed: apt-get install libssl3");

        private final String remedy;

        Library(String remedy) {
            this.remedy = remedy;
        }

        private CryptoProvider provider() {
            return this == IPSEC_MB ? new IpsecMbProvider() : new LibcryptoProvider();
        }

        MemoryAead aead(int id, int keyBits) {
            List<CryptoProvider.Offer> offers = provider().offers();
            assumeTrue(!offers.isEmpty(), remedy);
            return offers.stream()
                    .map(CryptoProvider.Offer::transform)
                    .filter(transform -> transform.transform().equals(TransformId.encr(id, keyBits)))
                    .map(MemoryAead.class::cast)
                    .findAny()
                    .orElseThrow();
        }
    }

    private record Case(Library library, String vectors, int valid, int id, List<Integer> keyBits) {
        MemoryAead aead(int bits) {
            return library.aead(id, keyBits.contains(bits) ? bits : 0);
        }
    }

    private static Stream<Case> cases() {
        return Stream.of(
                new Case(Library.IPSEC_MB, "aes-gcm", 50, TransformId.ENCR_AES_GCM_16, List.of(128, 192, 256)),
                new Case(Library.LIBCRYPTO, "aes-gcm", 50, TransformId.ENCR_AES_GCM_16, List.of(128, 192, 256)),
                new Case(Library.LIBCRYPTO, "chacha20-poly1305", 50, TransformId.ENCR_CHACHA20_POLY1305, List.of(0)),
                new Case(Library.LIBCRYPTO, "aes-ccm", 18, TransformId.ENCR_AES_CCM_16, List.of(128, 192, 256)),
                new Case(Library.LIBCRYPTO, "", 0, TransformId.ENCR_AES_CCM_8, List.of(128, 192, 256)));
    }

    private static Stream<Case> casesWithVectors() {
        return cases().filter(each -> !each.vectors().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("casesWithVectors")
    void valid_vectors_agree_and_others_are_refused(Case which) {
        Map<Integer, MemoryAead> aeads = new HashMap<>();
        int valid = 0;
        for (Vector vector : Vectors.of("wycheproof/" + which.vectors() + ".txt")) {
            MemoryAead aead = aeads.computeIfAbsent(vector.octets(2).length * 8, which::aead);
            byte[] nonce = vector.octets(3);
            byte[] plain = vector.octets(5);
            byte[] sealed = vector.octets(6);
            int salt = aead.saltLength();
            long iv = ByteBuffer.wrap(nonce).getLong(salt);
            try (SecretBytes secret = SecretBytes.owning(
                            HEX.parseHex(vector.text(2) + vector.text(3).substring(0, 2 * salt)));
                    MemoryAead.KeyedMemory keyed = aead.withKeyForMemory(secret)) {
                MemorySegment associated = Arena.ofAuto().allocate(Math.max(1, vector.octets(4).length));
                put(associated, vector.octets(4));
                put(text, plain);
                keyed.seal(iv, associated.address(), vector.octets(4).length, text.address(), plain.length);
                assertThat(hex(plain.length + aead.icvLength()).equals(vector.text(6) + vector.text(7)))
                        .as("%s", vector)
                        .isEqualTo(vector.is("valid"));

                put(text, HEX.parseHex(vector.text(6) + vector.text(7)));
                assertThat(keyed.open(iv, associated.address(), vector.octets(4).length, text.address(), sealed.length))
                        .as("%s", vector)
                        .isEqualTo(vector.is("valid"));
                assertThat(hex(sealed.length))
                        .as("%s", vector)
                        .isEqualTo(vector.is("valid") ? vector.text(5) : "00".repeat(sealed.length));
                valid += vector.is("valid") ? 1 : 0;
            }
        }
        assertThat(valid).isGreaterThanOrEqualTo(which.valid());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void seals_what_the_jdk_seals_and_opens_it(Case which) throws Exception {
        Random random = new Random(7);
        for (int keyBits : which.keyBits()) {
            MemoryAead aead = which.aead(keyBits);
            int icv = aead.icvLength();
            byte[] keyAndSalt = new byte[aead.keyMaterialLength()];
            random.nextBytes(keyAndSalt);
            try (SecretBytes secret = SecretBytes.owning(keyAndSalt);
                    MemoryAead.KeyedMemory ours = aead.withKeyForMemory(secret);
                    MemoryAead.KeyedMemory theirs = aead.withKeyForMemory(secret);
                    Aead.Keyed jdk = jdkAlone.aead(which.id(), keyBits).withKey(secret)) {
                for (int length = 0; length <= 1500; length++) {
                    int associated = length % 2 == 0 ? 8 : 12;
                    byte[] message = new byte[associated + length + icv];
                    random.nextBytes(message);
                    MemorySegment.copy(message, 0, data, ValueLayout.JAVA_BYTE, 0, associated);
                    MemorySegment.copy(message, associated, text, ValueLayout.JAVA_BYTE, 0, length);
                    String plain = hex(length);
                    jdk.seal(length + 1L, message, 0, associated, associated, length);
                    ours.seal(length + 1L, data.address(), associated, text.address(), length);
                    assertThat(hex(length + icv)).isEqualTo(HEX.formatHex(message, associated, message.length));
                    assertThat(theirs.open(length + 1L, data.address(), associated, text.address(), length))
                            .isTrue();
                    assertThat(hex(length)).isEqualTo(plain);
                }
            }
        }
    }

    /** RFC 7634 appendix A: an ESP packet. */
    @Test
    void chacha_is_what_the_rfc_publishes() {
        MemoryAead aead = Library.LIBCRYPTO.aead(TransformId.ENCR_CHACHA20_POLY1305, 0);
        String plain = "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10"
                + "0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
                + "2425262728292a2b2c2d2e2f303132333435363701020204";
        String sealed = "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c6"
                + "14ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3"
                + "cbec163fac469b502773f6fb94e664da9165b82829f641e0"
                + "76aaa8266b7fb0f7b11b369907e1ad43";
        int length = plain.length() / 2;
        put(data, HEX.parseHex("0102030400000005"));
        put(text, HEX.parseHex(plain));
        String key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3";
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key));
                MemoryAead.KeyedMemory keyed = aead.withKeyForMemory(secret)) {
            keyed.seal(0x1011121314151617L, data.address(), SPI_AND_NUMBER, text.address(), length);
            assertThat(hex(length + aead.icvLength())).isEqualTo(sealed);
            assertThat(keyed.open(0x1011121314151617L, data.address(), SPI_AND_NUMBER, text.address(), length))
                    .isTrue();
            assertThat(hex(length)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void any_flipped_bit_is_noticed_and_the_text_stays_closed(Case which) {
        MemoryAead aead = which.aead(which.keyBits().getLast());
        String plain = "4142434445464748".repeat(5);
        int length = plain.length() / 2;
        try (SecretBytes secret = SecretBytes.owning(new byte[aead.keyMaterialLength()]);
                MemoryAead.KeyedMemory keyed = aead.withKeyForMemory(secret)) {
            put(text, HEX.parseHex(plain));
            keyed.seal(5, data.address(), SPI_AND_NUMBER, text.address(), length);
            byte[] sealed = HEX.parseHex(hex(length + aead.icvLength()));
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                put(text, forged);
                assertThat(keyed.open(5, data.address(), SPI_AND_NUMBER, text.address(), length))
                        .as("bit %s", bit)
                        .isFalse();
                assertThat(hex(length)).isEqualTo("00".repeat(length));
            }
            put(text, sealed);
            assertThat(keyed.open(6, data.address(), SPI_AND_NUMBER, text.address(), length))
                    .isFalse();
            put(text, sealed);
            assertThat(keyed.open(5, data.address(), SPI_AND_NUMBER, text.address(), length))
                    .isTrue();
            assertThat(hex(length)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothing_is_allocated_for_a_packet(Case which) {
        MemoryAead aead = which.aead(which.keyBits().getFirst());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int packets = 40_000;
        try (SecretBytes secret = SecretBytes.owning(new byte[aead.keyMaterialLength()]);
                MemoryAead.KeyedMemory sealing = aead.withKeyForMemory(secret);
                MemoryAead.KeyedMemory opening = aead.withKeyForMemory(secret)) {
            sealAndOpen(sealing, opening, 5 * packets); // until it is compiled
            long before = threads.getCurrentThreadAllocatedBytes();
            sealAndOpen(sealing, opening, packets);
            long octets = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(octets / (double) packets).isLessThan(0.5);
        }
    }

    private void sealAndOpen(MemoryAead.KeyedMemory sealing, MemoryAead.KeyedMemory opening, int packets) {
        for (int i = 1; i <= packets; i++) {
            sealing.seal(i, data.address(), SPI_AND_NUMBER, text.address(), 1400);
            boolean forged = i % 4 == 0;
            boolean opened = opening.open(forged ? -i : i, data.address(), SPI_AND_NUMBER, text.address(), 1400);
            if (opened == forged) {
                throw new AssertionError("packet " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_closed_key_serves_nothing(Library library) {
        try (SecretBytes secret = SecretBytes.owning(new byte[20])) {
            MemoryAead.KeyedMemory keyed =
                    library.aead(TransformId.ENCR_AES_GCM_16, 128).withKeyForMemory(secret);
            keyed.close();
            keyed.close();
            assertThatThrownBy(() -> keyed.seal(1, data.address(), 8, text.address(), 16))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> keyed.open(1, data.address(), 8, text.address(), 16))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** Whoever closes a key waits for the packet in hand: what libcrypto holds for it is freed behind it, not under it. */
    @ParameterizedTest
    @EnumSource
    void a_key_may_be_closed_while_it_is_in_use(Library library) throws Exception {
        MemoryAead aead = library.aead(TransformId.ENCR_AES_GCM_16, 128);
        for (int i = 0; i < 200; i++) {
            try (SecretBytes secret = SecretBytes.owning(new byte[20])) {
                MemoryAead.KeyedMemory keyed = aead.withKeyForMemory(secret);
                Thread closing = Thread.ofPlatform().start(keyed::close);
                try {
                    for (int number = 1; number < 1_000_000; number++) {
                        keyed.seal(number, data.address(), 8, text.address(), 1400);
                    }
                } catch (IllegalStateException closed) {
                    assertThat(closed).hasMessageContaining("closed");
                }
                closing.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_key_of_another_length_is_refused(Library library) {
        MemoryAead aead = library.aead(TransformId.ENCR_AES_GCM_16, 256);
        try (SecretBytes secret = SecretBytes.owning(new byte[20])) {
            assertThatThrownBy(() -> aead.withKeyForMemory(secret)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void put(MemorySegment to, byte[] octets) {
        MemorySegment.copy(octets, 0, to, ValueLayout.JAVA_BYTE, 0, octets.length);
    }

    private String hex(int length) {
        return HEX.formatHex(text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
