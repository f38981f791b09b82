package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putInt;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.putShort;

/** struct cmsghdr: a length of 8 octets, level and type of 4 each, data; each one aligned to 8. */
final class ControlMessages {
    static final int HEADER = 16;
    static final int SOL_IP = 0;
    static final int SOL_UDP = 17;
    static final int SOL_IPV6 = 41;
    static final int IP_PKTINFO = 8;
    static final int IPV6_PKTINFO = 50;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    /** Room that a UDP_SEGMENT control message takes. */
    static final int SEGMENT_SPACE = 24;

    private ControlMessages() {}

    /** Returns the address of the data of the first control message of this kind, or 0. */
    static long find(long control, long length, int level, int type) {
        long at = control;
        long end = control + length;
        while (end - at >= HEADER) {
            long size = getLong(at);
            if (size < HEADER || size > end - at) {
                return 0;
            }
            if (getInt(at + 8) == level && getInt(at + 12) == type) {
                return at + HEADER;
            }
            at += aligned(size);
        }
        return 0;
    }

    /** Writes a header; returns the address of the data. */
    static long put(long at, int level, int type, int dataLength) {
        putLong(at, HEADER + dataLength);
        putInt(at + 8, level);
        putInt(at + 12, type);
        return at + HEADER;
    }

    /** Writes the control message that has the kernel cut a message into datagrams of this size. */
    static void putSegment(long at, int segment) {
        long data = put(at, SOL_UDP, UDP_SEGMENT, 2);
        putShort(data, segment);
    }

    static long aligned(long length) {
        return (length + 7) & -8;
    }
}
