package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Vectors.Vector;
import org.sallyport.crypto.internal.JdkProvider;
import org.sallyport.crypto.internal.LibcryptoProvider;

/** AES-CBC and HMAC on packets in memory: published vectors, and the JDK's octets for every length that a packet can have. */
class MemoryMacAndCipherTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int BLOCK = 16;

    private final CryptoProvider provider = new LibcryptoProvider();
    private final CryptoRegistry registry = CryptoRegistry.of(List.of(provider));
    private final CryptoRegistry jdkAlone = CryptoRegistry.of(List.of(new JdkProvider()));
    private final Random random = new Random(3602);
    private final MemorySegment memory = Arena.ofAuto().allocate(10_000, 64);
    private final MemorySegment tail = Arena.ofAuto().allocate(8, 8);
    private final long address = memory.address();

    @BeforeEach
    void isInstalled() {
        assumeTrue(!provider.offers().isEmpty(), "libcrypto.so.3 is not installed: apt-get install libssl3");
    }

    private MemoryEncryption cbc(int bits) throws UnavailableTransformException {
        return (MemoryEncryption) registry.encryption(TransformId.ENCR_AES_CBC, bits);
    }

    private MemoryIntegrity hmac(int id) throws UnavailableTransformException {
        return (MemoryIntegrity) registry.integrity(id);
    }

    /** RFC 3602 section 4, cases 1, 2 and 3. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            06a9214036b8a15b512e03d534120006, 3dafba429d9eb430b422da802c9fac41, 53696e676c6520626c6f636b206d7367, \
            e353779c1079aeb82708942dbe77181a
            c286696d887c9aa0611bbb3e2025a45a, 562e17996d093d28ddb3ba695a2e6f58, \
            000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, \
            d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1
            6c3ea0477630ce21a2ce334aa746c2cd, c782dc4c098c66cbd9cd27d825682c81, \
            5468697320697320612034382d62797465206d657373616765202865786163746c7920332041455320626c6f636b7329, \
            d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83ba2684
            """)
    void cbc_decrypts_what_the_rfc_publishes(String key, String iv, String text, String cipherText) throws Exception {
        put(HEX.parseHex(iv + cipherText));
        try (SecretBytes secret = SecretBytes.owning(HEX.parseHex(key));
                MemoryEncryption.KeyedMemory keyed = cbc(128).withKeyForMemory(secret)) {
            keyed.decrypt(address, cipherText.length() / 2);
        }
        assertThat(hex(BLOCK, text.length() / 2)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 192, 256})
    void cbc_encrypts_what_the_jdk_encrypts_and_decrypts_it(int bits) throws Exception {
        byte[] key = octets(bits / 8);
        try (SecretBytes secret = SecretBytes.owning(key);
                MemoryEncryption.KeyedMemory ours = cbc(bits).withKeyForMemory(secret);
                MemoryEncryption.KeyedMemory theirs = cbc(bits).withKeyForMemory(secret);
                Encryption.Keyed jdk =
                        jdkAlone.encryption(TransformId.ENCR_AES_CBC, bits).withKey(secret)) {
            for (int length = 0; length <= 1504; length += BLOCK) {
                byte[] message = octets(BLOCK + length);
                put(message);
                String plain = hex(BLOCK, length);
                long number = random.nextLong();
                jdk.encrypt(number, message, 0, length);
                ours.encrypt(number, address, length);
                assertThat(hex(0, BLOCK + length)).isEqualTo(HEX.formatHex(message));
                theirs.decrypt(address, length);
                assertThat(hex(BLOCK, length)).isEqualTo(plain);
            }
        }
    }

    @Test
    void cbc_refuses_what_is_not_whole_blocks() throws Exception {
        try (SecretBytes secret = SecretBytes.owning(new byte[16]);
                MemoryEncryption.KeyedMemory keyed = cbc(128).withKeyForMemory(secret)) {
            assertThatThrownBy(() -> keyed.encrypt(1, address, 17)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> keyed.decrypt(address, 15)).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"hmac-sha256, 12", "hmac-sha384, 13", "hmac-sha512, 14"})
    void hmac_is_what_is_published(String file, int id) throws Exception {
        MemoryIntegrity integrity = hmac(id);
        int icv = integrity.icvLength();
        int verified = 0;
        for (Vector vector : Vectors.of("wycheproof/" + file + ".txt")) {
            byte[] key = vector.octets(2);
            if (key.length != integrity.keyLength() || vector.octets(4).length < icv || !vector.is("valid")) {
                continue;
            }
            int length = vector.octets(3).length;
            put(HEX.parseHex(vector.text(3) + vector.text(4).substring(0, 2 * icv)));
            try (SecretBytes secret = SecretBytes.owning(key);
                    MemoryIntegrity.KeyedMemory keyed = integrity.withKeyForMemory(secret)) {
                long end = address + length;
                assertThat(keyed.verify(address, length, 0, 0, end))
                        .as("%s", vector)
                        .isTrue();
                for (int bit = 0; bit < icv * 8; bit++) {
                    flip(length, bit);
                    assertThat(keyed.verify(address, length, 0, 0, end)).isFalse();
                    flip(length, bit);
                }
                assertThat(keyed.verify(address, length, 0, 0, end)).isTrue();
            }
            verified++;
        }
        assertThat(verified).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 13, 14})
    void hmac_signs_what_the_jdk_signs(int id) throws Exception {
        MemoryIntegrity integrity = hmac(id);
        int icv = integrity.icvLength();
        byte[] key = octets(integrity.keyLength());
        try (SecretBytes secret = SecretBytes.owning(key);
                MemoryIntegrity.KeyedMemory ours = integrity.withKeyForMemory(secret);
                Integrity.Keyed jdk = jdkAlone.integrity(id).withKey(secret)) {
            for (int length = 0; length <= 1500; length++) {
                int more = length % 2 == 0 ? 0 : 4;
                byte[] message = octets(length + more + icv);
                put(Arrays.copyOf(message, length + icv));
                MemorySegment.copy(message, length, tail, ValueLayout.JAVA_BYTE, 0, more);
                jdk.sign(message, 0, length + more, length + more);
                ours.sign(address, length, tail.address(), more, address + length);
                assertThat(hex(length, icv)).isEqualTo(HEX.formatHex(message, length + more, message.length));
                assertThat(ours.verify(address, length, tail.address(), more, address + length))
                        .isTrue();
            }
        }
    }

    @Test
    void nothing_is_allocated_for_a_packet() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int packets = 40_000;
        try (SecretBytes key = SecretBytes.owning(new byte[16]);
                SecretBytes macKey = SecretBytes.owning(new byte[32]);
                MemoryEncryption.KeyedMemory cipher = cbc(128).withKeyForMemory(key);
                MemoryIntegrity.KeyedMemory mac = hmac(12).withKeyForMemory(macKey)) {
            work(cipher, mac, 5 * packets); // until it is compiled
            long before = threads.getCurrentThreadAllocatedBytes();
            work(cipher, mac, packets);
            long octets = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(octets / (double) packets).isLessThan(0.5);
        }
    }

    private void work(MemoryEncryption.KeyedMemory cipher, MemoryIntegrity.KeyedMemory mac, int packets) {
        for (int i = 1; i <= packets; i++) {
            cipher.encrypt(i, address, 256);
            mac.sign(address, 272, tail.address(), 4, address + 272);
            if (!mac.verify(address, 272, tail.address(), 4, address + 272)) {
                throw new AssertionError("packet " + i);
            }
            cipher.decrypt(address, 256);
        }
    }

    @Test
    void a_closed_key_serves_nothing() throws Exception {
        try (SecretBytes key = SecretBytes.owning(new byte[16]);
                SecretBytes macKey = SecretBytes.owning(new byte[32])) {
            MemoryEncryption.KeyedMemory cipher = cbc(128).withKeyForMemory(key);
            MemoryIntegrity.KeyedMemory mac = hmac(12).withKeyForMemory(macKey);
            cipher.close();
            mac.close();
            assertThatThrownBy(() -> cipher.encrypt(1, address, 16)).hasMessageContaining("closed");
            assertThatThrownBy(() -> cipher.decrypt(address, 16)).hasMessageContaining("closed");
            assertThatThrownBy(() -> mac.sign(address, 16, 0, 0, address + 16)).hasMessageContaining("closed");
            assertThatThrownBy(() -> mac.verify(address, 16, 0, 0, address + 16))
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> cbc(256).withKeyForMemory(key)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> hmac(14).withKeyForMemory(macKey)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private byte[] octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    private void put(byte[] octets) {
        MemorySegment.copy(octets, 0, memory, ValueLayout.JAVA_BYTE, 0, octets.length);
    }

    private void flip(int offset, int bit) {
        int at = offset + bit / 8;
        byte octet = memory.get(ValueLayout.JAVA_BYTE, at);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (octet ^ 1 << bit % 8));
    }

    private String hex(int offset, int length) {
        return HEX.formatHex(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
