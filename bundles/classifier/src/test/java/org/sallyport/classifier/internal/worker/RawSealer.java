package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.classifier.internal.esp.CryptoBuffers;
import org.sallyport.classifier.internal.esp.JdkGcm;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.linux.memory.RawMemory;

/** Seals any text at all, as a peer that has the keys and no sense could. */
final class RawSealer {
    private final Arena arena = Arena.ofAuto();
    private final long buffer = arena.allocate(1 << 17, 64).address();
    private final int spi;
    private final JdkGcm aead;
    private long sequence;

    RawSealer(InstalledSa outbound) {
        this.spi = outbound.key().spi();
        this.aead = new JdkGcm(outbound.slot().address(), new CryptoBuffers());
    }

    /** Goes on from this sequence number. */
    void goOnFrom(long last) {
        sequence = last;
    }

    /** Returns what keeps the buffer alive. */
    Arena arena() {
        return arena;
    }

    /** Returns the last sequence number. */
    long last() {
        return sequence;
    }

    byte[] seal(byte[] text) {
        sequence++;
        RawMemory.putNetInt(buffer, spi);
        RawMemory.putNetInt(buffer + 4, (int) sequence);
        RawMemory.putNetLong(buffer + 8, sequence);
        RawMemory.copyIn(text, 0, buffer + 16, text.length);
        aead.seal(buffer + 16, text.length, sequence, sequence);
        byte[] packet = new byte[text.length + 32];
        RawMemory.copyOut(buffer, packet, 0, packet.length);
        return packet;
    }

    long carriedBy(Bench bench, int counter) {
        InboundSa sa = Objects.requireNonNull(bench.inbound.find(spi));
        return RawMemory.getLong(sa.slot() + counter);
    }
}
