package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.getShort;

/**
 * The internet checksum (RFC 1071), computed in the machine's byte order: sums are partial until folded, and a folded
 * value is stored in the machine's order as well.
 */
public final class Checksum {
    private static final long LOW = 0xffff_ffffL;

    private Checksum() {}

    /**
     * Adds up memory.
     *
     * @param sum what to begin with, a partial sum of less than 2<sup>48</sup>
     */
    public static long sum(long address, int length, long sum) {
        long at = address;
        long total = sum;
        int left = length;
        for (; left >= 32; left -= 32, at += 32) {
            long a = getLong(at);
            long b = getLong(at + 8);
            long c = getLong(at + 16);
            long d = getLong(at + 24);
            total += (a & LOW) + (a >>> 32) + (b & LOW) + (b >>> 32) + (c & LOW) + (c >>> 32) + (d & LOW) + (d >>> 32);
        }
        for (; left >= 4; left -= 4, at += 4) {
            total += getInt(at) & LOW;
        }
        if (left >= 2) {
            total += getShort(at);
            at += 2;
            left -= 2;
        }
        return left == 0 ? total : total + lastOctet(getByte(at));
    }

    /** The last octet of an odd length is followed by a zero: in network order it is the upper one. */
    private static int lastOctet(int octet) {
        return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? octet : octet << 8;
    }

    /** Returns a partial sum as 16 bits. */
    public static int fold(long sum) {
        long folded = (sum & LOW) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16 & 0xffff) + (folded >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) folded;
    }

    /** Returns a 16 bit number as it adds up in the machine's order. */
    public static int network(int value) {
        return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN
                ? Short.toUnsignedInt(Short.reverseBytes((short) value))
                : value & 0xffff;
    }

    /**
     * Returns a checksum after 16 bits of what it covers have changed (RFC 1624, equation 3): one that was wrong stays wrong.
     *
     * @param before those bits as they lay in memory
     * @param after as they lie there now
     */
    public static int changed(int checksum, int before, int after) {
        return ~fold((~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff)) & 0xffff;
    }

    /**
     * Adds up the pseudo-header of TCP and UDP (RFC 9293 section 3.1, RFC 8200 section 8.1).
     *
     * @param ip address of the IP header
     * @param length octets from the transport header on
     */
    public static long pseudoHeader(long ip, boolean ipv4, int protocol, int length) {
        long addresses = ipv4 ? sum(ip + 12, 8, 0) : sum(ip + 8, 32, 0);
        return addresses + network(protocol) + network(length);
    }
}
