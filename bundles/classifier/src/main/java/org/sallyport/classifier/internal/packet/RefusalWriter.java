package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;
import static org.sallyport.linux.memory.RawMemory.zero;

import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.policy.PacketRefusal;

/**
 * Writes what the sender of a packet gets that could not be sent: a TCP reset (RFC 9293 section 3.10.7.1) or an ICMP
 * destination unreachable, administratively prohibited (RFC 1812 section 5.2.7.1, RFC 4443 section 3.1); or, of one that
 * was too long, how long it may be (RFC 1191 section 4, RFC 4443 section 3.2).
 *
 * <p>All come from the address that the packet was for. A reset has no other choice. For ICMP a router would use its
 * own, but the protected interface has none; and an answer from the destination passes the sender's reverse path filter,
 * since that address is routed to where the answer comes from.
 */
public final class RefusalWriter {
    /** Room that the longest answer needs. */
    public static final int LONGEST = 1280;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int TCP_HEADER = 20;
    private static final int ICMP_HEADER = 8;
    /** RFC 1812 section 4.3.2.3: as much of the packet as fits into 576 octets. */
    private static final int LONGEST_IPV4 = 576;

    private static final int HOPS = 64;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;
    private static final int UNREACHABLE = 3;
    private static final int PROHIBITED = 13;
    private static final int FRAGMENTATION_NEEDED = 4;
    private static final int UNREACHABLE_V6 = 1;
    private static final int TOO_BIG_V6 = 2;
    private static final int PROHIBITED_V6 = 1;
    private static final int REDIRECT_V6 = 137;

    private RefusalWriter() {}

    /** Tells whether the answer to this packet would be ICMP, whose rate is limited. */
    public static boolean answersByIcmp(PacketRefusal refusal, InnerPacket packet) {
        return refusal == PacketRefusal.UNREACHABLE
                || (refusal == PacketRefusal.RESET && packet.protocol() != IpProtocol.TCP);
    }

    /**
     * Writes the answer.
     *
     * @param ip address of the packet that is answered
     * @param to where to, {@link #LONGEST} octets
     * @return its octets; 0 when nothing may be answered
     */
    public static int write(PacketRefusal refusal, long ip, InnerPacket packet, long to) {
        if (refusal == PacketRefusal.SILENCE || packet.laterFragment() || !isBetweenTwo(packet)) {
            return 0;
        }
        if (answersByIcmp(refusal, packet)) {
            return isIcmpError(ip, packet) ? 0 : unreachable(ip, packet, to);
        }
        return reset(ip, packet, to);
    }

    /**
     * Writes how long the packet may be.
     *
     * @param mtu octets of the longest packet
     * @param ip address of the packet that is answered
     * @param to where to, {@link #LONGEST} octets
     * @return octets of the answer; 0 when nothing may be answered
     */
    public static int writeTooBig(int mtu, long ip, InnerPacket packet, long to) {
        if (packet.laterFragment() || !isBetweenTwo(packet) || isIcmpError(ip, packet)) {
            return 0;
        }
        return packet.ipv4()
                ? icmp(ip, packet, UNREACHABLE, FRAGMENTATION_NEEDED, mtu, to)
                : icmp(ip, packet, TOO_BIG_V6, 0, mtu, to);
    }

    private static int reset(long ip, InnerPacket packet, long to) {
        long segment = ip + packet.transport();
        int left = packet.length() - packet.transport();
        int flags = left < TCP_HEADER ? RST : getByte(segment + 13);
        if ((flags & RST) != 0) {
            return 0;
        }
        int header = ipHeader(ip, packet, to, TCP_HEADER, IpProtocol.TCP);
        long tcp = to + header;
        zero(tcp, TCP_HEADER);
        copy(segment + 2, tcp, 2);
        copy(segment, tcp + 2, 2);
        putByte(tcp + 12, (TCP_HEADER / 4) << 4);
        if ((flags & ACK) != 0) {
            copy(segment + 8, tcp + 4, 4);
            putByte(tcp + 13, RST);
        } else {
            int length = left - (getByte(segment + 12) >> 4) * 4 + Integer.bitCount(flags & (SYN | FIN));
            putNetInt(tcp + 8, netInt(segment + 4) + length);
            putByte(tcp + 13, RST | ACK);
        }
        checksum(to, header, packet.ipv4(), IpProtocol.TCP, TCP_HEADER, 16);
        return header + TCP_HEADER;
    }

    /** Nobody hears about what many got or sent (RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e), RFC 9293 3.9.2.3). */
    private static boolean isBetweenTwo(InnerPacket packet) {
        if (!packet.ipv4()) {
            boolean oneSource = packet.sourceHigh() >>> 56 != 0xff && (packet.sourceHigh() | packet.sourceLow()) != 0;
            return oneSource && packet.destinationHigh() >>> 56 != 0xff;
        }
        long source = packet.sourceLow();
        boolean oneSource = source >>> 24 != 0 && source >>> 24 != 127 && source >>> 28 < 0xe;
        return oneSource && packet.destinationLow() >>> 28 < 0xe;
    }

    /** Never an answer to an ICMP error, nor to what may be one (RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e)). */
    private static boolean isIcmpError(long ip, InnerPacket packet) {
        if (packet.protocol() != (packet.ipv4() ? IpProtocol.ICMP : IpProtocol.ICMPV6)) {
            return false;
        }
        int type = getByte(ip + packet.transport());
        return packet.ipv4() ? !isQuery(type) : type < 128 || type == REDIRECT_V6;
    }

    /** Echo, router discovery, timestamp, information and address mask; anything else may be an error. */
    private static boolean isQuery(int type) {
        return type == 0 || (type >= 8 && type <= 10) || (type >= 13 && type <= 18);
    }

    private static int unreachable(long ip, InnerPacket packet, long to) {
        return packet.ipv4()
                ? icmp(ip, packet, UNREACHABLE, PROHIBITED, 0, to)
                : icmp(ip, packet, UNREACHABLE_V6, PROHIBITED_V6, 0, to);
    }

    /** @param rest what fills the second half of the header */
    private static int icmp(long ip, InnerPacket packet, int type, int code, int rest, long to) {
        int header = packet.ipv4() ? IPV4_HEADER : IPV6_HEADER;
        int quoted = Math.min(packet.length(), (packet.ipv4() ? LONGEST_IPV4 : LONGEST) - header - ICMP_HEADER);
        int protocol = packet.ipv4() ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int length = ICMP_HEADER + quoted;
        ipHeader(ip, packet, to, length, protocol);
        long icmp = to + header;
        zero(icmp, ICMP_HEADER);
        putByte(icmp, type);
        putByte(icmp + 1, code);
        putNetInt(icmp + 4, rest);
        copy(ip, icmp + ICMP_HEADER, quoted);
        checksum(to, header, packet.ipv4(), protocol, length, 2);
        return header + length;
    }

    /** Writes an IP header that goes back; returns its octets. */
    private static int ipHeader(long ip, InnerPacket packet, long to, int payload, int protocol) {
        if (!packet.ipv4()) {
            putNetInt(to, 0x6000_0000);
            putNetShort(to + 4, payload);
            putByte(to + 6, protocol);
            putByte(to + 7, HOPS);
            copy(ip + 24, to + 8, 16);
            copy(ip + 8, to + 24, 16);
            return IPV6_HEADER;
        }
        zero(to, IPV4_HEADER);
        putByte(to, 0x45);
        putNetShort(to + 2, IPV4_HEADER + payload);
        putByte(to + 8, HOPS);
        putByte(to + 9, protocol);
        copy(ip + 16, to + 12, 4);
        copy(ip + 12, to + 16, 4);
        putShort(to + 10, ~Checksum.fold(Checksum.sum(to, IPV4_HEADER, 0)));
        return IPV4_HEADER;
    }

    private static void checksum(long ip, int header, boolean ipv4, int protocol, int length, int offset) {
        long sum = protocol == IpProtocol.ICMP ? 0 : Checksum.pseudoHeader(ip, ipv4, protocol, length);
        putShort(ip + header + offset, ~Checksum.fold(Checksum.sum(ip + header, length, sum)));
    }
}
