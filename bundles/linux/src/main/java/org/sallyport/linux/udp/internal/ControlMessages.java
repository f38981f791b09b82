package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.getByte;
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
    static final int IP_TOS = 1;
    static final int IP_PKTINFO = 8;
    static final int IPV6_PKTINFO = 50;
    static final int IPV6_TCLASS = 67;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;
    /** Room that a UDP_SEGMENT control message takes. */
    static final int SEGMENT_SPACE = 24;
    /** Room that the control message for a traffic class takes. */
    static final int TRAFFIC_CLASS_SPACE = 24;

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

    /** Writes the control message that chooses the octet with DSCP and ECN field of the IP header. */
    static void putTrafficClass(long at, boolean ipv4, int trafficClass) {
        long data = ipv4 ? put(at, SOL_IP, IP_TOS, 4) : put(at, SOL_IPV6, IPV6_TCLASS, 4);
        putInt(data, trafficClass);
    }

    /** Returns the octet with DSCP and ECN field of the IP header that a message came with; 0 if it is not told. */
    static int trafficClass(long control, long length) {
        long tos = find(control, length, SOL_IP, IP_TOS);
        if (tos != 0) {
            return getByte(tos);
        }
        long trafficClass = find(control, length, SOL_IPV6, IPV6_TCLASS);
        return trafficClass == 0 ? 0 : getInt(trafficClass) & 0xff;
    }

    static long aligned(long length) {
        return (length + 7) & -8;
    }
}
