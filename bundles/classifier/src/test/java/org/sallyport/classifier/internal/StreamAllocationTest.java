package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;

/**
 * What the workers' threads of two data planes allocate while they carry a stream: nothing for a packet, or what the JDK's
 * cipher does by itself.
 */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // each test builds what it needs first
class StreamAllocationTest {
    /** What a thread may allocate besides, such as for waiting, spread over the packets. */
    private static final double NOTHING = 0.5;

    private static final int WARM_UP = 600_000_000;
    private static final int MEASURED = 300_000_000;
    private static final String KEY = "0f0e0d0c0b0a09080706050403020100";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private TwoGateways gateways;

    @AfterEach
    void close() {
        if (gateways != null) {
            gateways.close();
        }
    }

    @Test
    void nothing_without_cryptography() throws Exception {
        assertThat(perPacket(CryptoRegistry.of(List.of(new NothingSealed(128)))))
                .isLessThan(NOTHING);
    }

    @Test
    void nothing_with_ipsec_mb() throws Exception {
        CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());
        assumeTrue(
                registry.aead(TransformId.ENCR_AES_GCM_16, 128) instanceof MemoryAead,
                "libIPSec_MB.so.1 is not installed: apt-get install libipsec-mb1");
        assertThat(perPacket(registry)).isLessThan(NOTHING);
    }

    @Test
    void what_the_cipher_allocates_with_the_jdk() throws Exception {
        double bare = bareCipher();
        assertThat(bare).isGreaterThan(100);
        assertThat(perPacket(CryptoRegistry.of(List.of()))).isLessThan(bare + NOTHING);
    }

    private double perPacket(CryptoRegistry registry) throws Exception {
        gateways = new TwoGateways(1, true);
        gateways.west.classifier.cryptography(registry);
        gateways.east.classifier.cryptography(registry);
        gateways.installPairs(KEY, KEY);
        gateways.sink("10.2.0.1");
        assertThat(gateways.source("10.2.0.1", WARM_UP)).startsWith("equal");
        long[] workers = workers();
        long packetsBefore = packets();
        long octetsBefore = allocated(workers);
        assertThat(gateways.source("10.2.0.1", MEASURED)).startsWith("equal");
        return (double) (allocated(workers) - octetsBefore) / (packets() - packetsBefore);
    }

    /** Each packet is sealed once and opened once. */
    private long packets() {
        return Stream.of(gateways.westPair, gateways.eastPair)
                .flatMap(Stream::of)
                .mapToLong(StreamAllocationTest::packets)
                .sum();
    }

    private static long packets(InstalledSa sa) {
        return RawMemory.getLong(sa.slot().address() + SaSlotLayout.PACKETS);
    }

    private static long[] workers() {
        long[] ids = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("sallyport-(out|in)-.*"))
                .mapToLong(Thread::threadId)
                .toArray();
        assertThat(ids).hasSize(4);
        return ids;
    }

    private long allocated(long[] ids) {
        long sum = 0;
        for (long octets : threads.getThreadAllocatedBytes(ids)) {
            sum += octets;
        }
        return sum;
    }

    /** Octets a call, of sealing and opening in equal shares, as the JDK's own interface has it. */
    private double bareCipher() throws Exception {
        SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = new byte[12];
        byte[] associated = new byte[12];
        byte[] text = new byte[1500];
        byte[] other = new byte[1500];
        long before = 0;
        int calls = 40_000;
        for (int i = 0; i < 2 * calls; i++) {
            if (i == calls) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            nonce[0] = (byte) i;
            nonce[1] = (byte) (i >> 8);
            nonce[2] = (byte) (i >> 16);
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(associated);
            int sealed = cipher.doFinal(text, 0, 1400, text, 0);
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(associated);
            cipher.doFinal(text, 0, sealed, other, 0);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / (2.0 * calls);
    }
}
