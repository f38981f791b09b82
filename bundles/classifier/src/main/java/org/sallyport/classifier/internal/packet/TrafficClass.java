package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putShort;

/**
 * The octet of an IP header with DSCP and ECN field (RFC 2474 section 3, RFC 3168 section 5): IPv4's type of service, IPv6's
 * traffic class.
 */
public final class TrafficClass {
    private static final int ECN = 0x03;

    private TrafficClass() {}

    /** Returns that of the packet at this address. */
    public static int of(long ip, boolean ipv4) {
        return ipv4 ? getByte(ip + 1) : netShort(ip) >> 4 & 0xff;
    }

    /** Returns the ECN field of such an octet. */
    public static int ecn(int trafficClass) {
        return trafficClass & ECN;
    }

    /** Returns such an octet with another DSCP. */
    public static int withDscp(int trafficClass, int dscp) {
        return dscp << 2 | (trafficClass & ECN);
    }

    /** Changes the ECN field of the packet at this address; the checksum of IPv4's header by the difference (RFC 1624). */
    public static void setEcn(long ip, boolean ipv4, int ecn) {
        int before = getShort(ip);
        int shift = ipv4 ? 0 : 4;
        putByte(ip + 1, (getByte(ip + 1) & ~(ECN << shift)) | ecn << shift);
        if (ipv4) {
            putShort(ip + 10, Checksum.changed(getShort(ip + 10), before, getShort(ip)));
        }
    }
}
