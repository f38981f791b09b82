package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

/**
 * SYN and SYN-ACK, in which each side of TCP says how long the segments are that it takes (RFC 9293 section 3.7.1). Where
 * they cross something narrower it is lowered, so that no segment has to be cut or asked for again.
 */
public final class TcpOpening {
    private static final int SYN = 0x02;
    private static final int PLAIN_HEADER = 20;
    private static final int CHECKSUM = 16;
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int SEGMENT_SIZE = 2;
    private static final int SEGMENT_SIZE_LENGTH = 4;
    private static final int MALFORMED = -1;

    private TcpOpening() {}

    /** Tells whether a packet is one. */
    public static boolean is(long ip, InnerPacket packet) {
        return (packet.tcpFlags(ip) & SYN) != 0;
    }

    /**
     * Lowers the maximum segment size that one announces. What announces none, or has options that cannot be read to their
     * end, stays as it is.
     *
     * @param most what it is lowered to if it is more
     * @param summed whether its checksum is whole, and has to follow; not if whoever sends it computes it yet
     */
    public static void lower(long ip, InnerPacket packet, int most, boolean summed) {
        long tcp = ip + packet.transport();
        int header = (getByte(tcp + 12) >> 4) * 4;
        if (header > packet.length() - packet.transport() || largest(tcp, header) <= most) {
            return;
        }
        for (int at = PLAIN_HEADER; at != header; at = next(tcp, at, header)) {
            if (getByte(tcp + at) == SEGMENT_SIZE && netShort(tcp + at + 2) > most) {
                put(tcp, at + 2, most, summed);
            }
        }
    }

    /** Returns the largest size announced, or {@link #MALFORMED}. */
    private static int largest(long tcp, int header) {
        int largest = 0;
        int at = PLAIN_HEADER;
        while (at < header) {
            int next = next(tcp, at, header);
            if (next == MALFORMED) {
                return MALFORMED;
            }
            if (getByte(tcp + at) == SEGMENT_SIZE) {
                largest = Math.max(largest, netShort(tcp + at + 2));
            }
            at = next;
        }
        return largest;
    }

    /** Returns where the next option begins, the header's length after the last, or {@link #MALFORMED}. */
    private static int next(long tcp, int at, int header) {
        int kind = getByte(tcp + at);
        if (kind == END) {
            return header;
        }
        if (kind == NO_OPERATION) {
            return at + 1;
        }
        int length = at + 1 < header ? getByte(tcp + at + 1) : 0;
        boolean whole = length >= 2 && at + length <= header;
        return whole && (kind != SEGMENT_SIZE || length == SEGMENT_SIZE_LENGTH) ? at + length : MALFORMED;
    }

    /** What lies at an odd place adds up to the checksum with its octets swapped (RFC 1071 section 2, B). */
    private static void put(long tcp, int at, int size, boolean summed) {
        int before = getShort(tcp + at);
        putNetShort(tcp + at, size);
        if (summed) {
            boolean odd = (at & 1) != 0;
            int after = getShort(tcp + at);
            putShort(
                    tcp + CHECKSUM,
                    Checksum.changed(
                            getShort(tcp + CHECKSUM), odd ? swapped(before) : before, odd ? swapped(after) : after));
        }
    }

    private static int swapped(int value) {
        return Short.toUnsignedInt(Short.reverseBytes((short) value));
    }
}
