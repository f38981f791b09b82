package org.sallyport.classifier.internal.ah;

import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.getByte;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.sallyport.linux.udp.ReceiveBatch;

/**
 * Verifies what arrives (RFC 4302 section 3.4.4), on a heap array: what is in memory stays as it is. Belongs to one thread.
 */
public final class AhVerifier {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long VERSION = 0x6000_0000_0000_0000L;
    private static final int LONGEST = 65_535 + AhFormat.IPV6_HEADER;

    private final byte[] work = new byte[LONGEST + AhIcv.ROOM];

    /**
     * Returns the octets of a header, 0 when it is none that an ICV fits in.
     *
     * @param ah address of the header
     * @param available octets from there on, {@link AhFormat#SHORTEST} or more
     */
    public int headerLength(AhIcv icv, long ah, int available, boolean ipv4) {
        int told = AhFormat.lengthOf(getByte(ah + 1));
        return told <= available && AhFormat.fits(told, icv.length(), ipv4) ? told : 0;
    }

    /**
     * Tells whether an IPv4 packet is genuine.
     *
     * @param packet address of its IP header
     * @param header octets of that with its options
     * @param length octets of the packet
     */
    public boolean isGenuineIpv4(AhIcv icv, long packet, int header, int length, long sequence) {
        if (length > LONGEST) {
            return false;
        }
        copyOut(packet, work, 0, length);
        return MutableFields.muteIpv4(work, header) && icv.verify(work, length, header + AhFormat.FIXED, sequence);
    }

    /**
     * Tells whether an IPv6 packet is genuine. The socket keeps its header, which held nothing else than what the batch
     * tells and what is mutable.
     *
     * @param batch which holds the packet from its AH on
     */
    public boolean isGenuineIpv6(AhIcv icv, ReceiveBatch batch, int index, long sequence) {
        int extensions = batch.extensions(index, work, AhFormat.IPV6_HEADER);
        int header = AhFormat.IPV6_HEADER + extensions;
        int length = batch.length(index);
        if (extensions + length > LONGEST - AhFormat.IPV6_HEADER) {
            return false;
        }
        int next = extensions == 0 ? AhFormat.PROTOCOL : batch.firstExtension(index);
        LONG.set(work, 0, VERSION | (long) (extensions + length) << 16 | (long) next << 8);
        LONG.set(work, 8, batch.remoteHigh(index));
        LONG.set(work, 16, batch.remoteLow(index));
        LONG.set(work, 24, batch.localHigh(index));
        LONG.set(work, 32, batch.localLow(index));
        copyOut(batch.address(index), work, header, length);
        return MutableFields.muteIpv6(work, header)
                && icv.verify(work, header + length, header + AhFormat.FIXED, sequence);
    }
}
