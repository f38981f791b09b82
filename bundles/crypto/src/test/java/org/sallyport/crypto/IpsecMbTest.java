package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Vectors.Vector;
import org.sallyport.crypto.internal.IpsecMbProvider;
import org.sallyport.crypto.internal.JdkProvider;

/** ipsec-mb on packets in memory: Wycheproof's vectors, and the JDK's octets for every length that a packet can have. */
class IpsecMbTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int ICV = 16;

    private final CryptoProvider provider = new IpsecMbProvider();
    private final CryptoRegistry registry = CryptoRegistry.of(List.of(new JdkProvider(), provider));
    private final CryptoRegistry jdkAlone = CryptoRegistry.of(List.of(new JdkProvider()));
    private final MemorySegment data = Arena.ofAuto().allocate(64, 64);
    private final MemorySegment text = Arena.ofAuto().allocate(10_000, 64);

    @BeforeEach
    void isInstalled() {
        assumeTrue(!provider.offers().isEmpty(), "libIPSec_MB.so.1 is not installed: apt-get install libipsec-mb1");
    }

    private MemoryAead aead(int keyBits) throws Exception {
        return (MemoryAead) registry.aead(TransformId.ENCR_AES_GCM_16, keyBits);
    }

    @Test
    void valid_vectors_agree_and_others_are_refused() throws Exception {
        int valid = 0;
        for (Vector vector : Vectors.of("wycheproof/aes-gcm.txt")) {
            byte[] nonce = vector.octets(3);
            byte[] plain = vector.octets(5);
            byte[] sealed = vector.octets(6);
            long iv = ByteBuffer.wrap(nonce).getLong(4);
            try (SecretBytes secret = SecretBytes.owning(
                            HEX.parseHex(vector.text(2) + vector.text(3).substring(0, 8)));
                    MemoryAead.KeyedMemory keyed =
                            aead(vector.octets(2).length * 8).withKeyForMemory(secret)) {
                MemorySegment associated = Arena.ofAuto().allocate(Math.max(1, vector.octets(4).length));
                put(associated, vector.octets(4));
                put(text, plain);
                keyed.seal(iv, associated.address(), vector.octets(4).length, text.address(), plain.length);
                assertThat(hex(plain.length + ICV).equals(vector.text(6) + vector.text(7)))
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
        assertThat(valid).isGreaterThan(50);
    }

    @Test
    void seals_what_the_jdk_seals() throws Exception {
        Random random = new Random(7);
        for (int keyBits : new int[] {128, 192, 256}) {
            MemoryAead aead = aead(keyBits);
            byte[] keyAndSalt = new byte[aead.keyMaterialLength()];
            random.nextBytes(keyAndSalt);
            try (SecretBytes secret = SecretBytes.owning(keyAndSalt);
                    MemoryAead.KeyedMemory ours = aead.withKeyForMemory(secret);
                    Aead.Keyed jdk =
                            jdkAlone.aead(TransformId.ENCR_AES_GCM_16, keyBits).withKey(secret)) {
                for (int length = 0; length < 1500; length++) {
                    int associated = length % 2 == 0 ? 8 : 12;
                    byte[] message = new byte[associated + length + ICV];
                    random.nextBytes(message);
                    MemorySegment.copy(message, 0, data, ValueLayout.JAVA_BYTE, 0, associated);
                    MemorySegment.copy(message, associated, text, ValueLayout.JAVA_BYTE, 0, length);
                    jdk.seal(length + 1L, message, 0, associated, associated, length);
                    ours.seal(length + 1L, data.address(), associated, text.address(), length);
                    assertThat(hex(length + ICV)).isEqualTo(HEX.formatHex(message, associated, message.length));
                }
            }
        }
    }

    @Test
    void a_closed_key_serves_nothing() throws Exception {
        try (SecretBytes secret = SecretBytes.owning(new byte[20])) {
            MemoryAead.KeyedMemory keyed = aead(128).withKeyForMemory(secret);
            keyed.close();
            assertThatThrownBy(() -> keyed.seal(1, data.address(), 8, text.address(), 16))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> keyed.open(1, data.address(), 8, text.address(), 16))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_key_of_another_length_is_refused() throws Exception {
        MemoryAead aead = aead(256);
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
