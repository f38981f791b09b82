package org.sallyport.classifier.internal.ah;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;

/** An AH packet costs no garbage but what computing its ICV does. */
class AhAllocationTest {
    private static final int PACKETS = 20_000;
    private static final int TEXT = 1000;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
    private final long packet = arena.allocate(4096, 64).address();
    private long sequence;

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void aPacketAllocatesWhatItsIcvDoes() throws Exception {
        Integrity sha256 = CryptoRegistry.of(StandardProviders.all()).integrity(TransformId.AUTH_HMAC_SHA2_256_128);
        AhIcv icv = new AhIcv(sha256, slot.address());
        AhSigner signer = new AhSigner(new AhIcv(sha256, slot.address()), 4302, new byte[70_000]);
        signer.path(Addresses.parse("192.0.2.1"), Addresses.parse("192.0.2.2"));
        AhVerifier verifier = new AhVerifier();
        try (SecretBytes key = SecretBytes.owning(new byte[sha256.keyLength()]);
                Integrity.Keyed bare = sha256.withKey(key)) {
            byte[] message = new byte[4096];
            long least = allocated(() -> bare.sign(++sequence, message, 0, TEXT, TEXT));
            int length = signer.textOffset() + TEXT;
            assertThat(allocated(() -> signer.sign(packet, TEXT, 17, ++sequence, sequence, 0, true)))
                    .isLessThan(least + PACKETS);
            assertThat(verifier.isGenuineIpv4(icv, packet, AhFormat.IPV4_HEADER, length, sequence))
                    .isTrue();
            assertThat(allocated(() -> verifier.isGenuineIpv4(icv, packet, AhFormat.IPV4_HEADER, length, sequence)))
                    .isLessThan(least + PACKETS);
        }
    }

    /** Once everything is compiled. */
    private static long allocated(Runnable one) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < PACKETS; i++) {
            one.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < PACKETS; i++) {
            one.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
