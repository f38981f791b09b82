package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;
import static org.sallyport.linux.memory.RawMemory.zero;

import org.sallyport.api.flow.IpProtocol;
import org.sallyport.classifier.internal.packet.Checksum;
import org.sallyport.classifier.internal.packet.TunnelEcn;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * What a host sends whose connections open, say something short, then something long, which the kernel has not cut yet,
 * acknowledge and end; datagrams and pings go between them, and now and then as much at once as the kernel ever gives.
 * Rounds differ in what real hosts differ in: a compiler leaves out what it has never seen, and real packets would make
 * it begin anew.
 */
final class RehearsalTraffic {
    /** Octets of the largest packet with its virtio header. */
    static final int LARGEST = 1 << 16;

    private static final int LOCAL = 0xc000_0201;
    private static final int REMOTE = 0xc000_0202;
    private static final int PREFIX = 0x2001_0db8;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int TCP = 20;
    private static final int SEGMENT_SIZE_OPTION = 4;
    private static final int TIMESTAMPS = 12;
    private static final int UDP = 8;
    private static final int PING = 64;
    private static final int SEGMENT = 1328;
    private static final int MANY = 48;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int PUSH = 0x08;
    private static final int ACK = 0x10;
    private static final int ROUND = 8;
    private static final int ROUNDS_PER_MANY = 16;

    private int made;
    private int round;

    /** Writes the next packet, and returns its length. */
    int next(long address) {
        round = made / ROUND;
        int segments = round % ROUNDS_PER_MANY == 0 ? MANY : 4;
        return VirtioHeader.SIZE
                + switch (made++ % ROUND) {
                    case 0 -> opening(address);
                    case 1 -> tcp(address, 100 + round % 4, ACK | PUSH);
                    case 2 -> tcp(address, SEGMENT, ACK);
                    case 3 -> tcp(address, segments * SEGMENT - round % 4, round % 2 == 0 ? ACK : ACK | PUSH);
                    case 4 -> tcp(address, 0, ACK);
                    case 5 -> tcp(address, 0, FIN | ACK);
                    case 6 -> ping(address);
                    default -> udp(address);
                };
    }

    private boolean ipv4() {
        return round % 3 != 0;
    }

    private int network() {
        return ipv4() ? IPV4 : IPV6;
    }

    /** Most hosts send them; one of those that do not. */
    private int options() {
        return round % 4 == 0 ? 0 : TIMESTAMPS;
    }

    /** A SYN that announces a maximum segment size. */
    private int opening(long address) {
        long tcp = address + VirtioHeader.SIZE + network();
        int length = tcp(address, SEGMENT_SIZE_OPTION, SYN);
        int options = SEGMENT_SIZE_OPTION + options();
        putByte(tcp + 12, ((TCP + options) / 4) << 4);
        putByte(tcp + TCP + options(), 2);
        putByte(tcp + TCP + options() + 1, SEGMENT_SIZE_OPTION);
        putNetShort(tcp + TCP + options() + 2, 1460);
        return length;
    }

    private int tcp(long address, int payload, int flags) {
        int header = TCP + options();
        long at = ip(address, IpProtocol.TCP, header + payload);
        ports(at);
        putByte(at + 12, (header / 4) << 4);
        putByte(at + 13, flags);
        timestamps(at + TCP);
        checksumAt(address, at, 16, IpProtocol.TCP, header + payload);
        if (payload > SEGMENT) {
            putByte(address + VirtioHeader.GSO_TYPE, ipv4() ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6);
            putShort(address + VirtioHeader.GSO_SIZE, SEGMENT);
        }
        return network() + header + payload;
    }

    /** Two octets of nothing, then the option (RFC 7323 appendix A); a new time with every third packet. */
    private void timestamps(long at) {
        if (options() > 0) {
            putByte(at, 1);
            putByte(at + 1, 1);
            putByte(at + 2, 8);
            putByte(at + 3, 10);
            putNetInt(at + 4, made / 3);
        }
    }

    private int udp(long address) {
        int length = UDP + 64 + round % 4;
        long at = ip(address, IpProtocol.UDP, length);
        ports(at);
        putNetShort(at + 4, length);
        checksumAt(address, at, 6, IpProtocol.UDP, length);
        return network() + length;
    }

    /** An echo request, which comes with its checksum. */
    private int ping(long address) {
        int protocol = ipv4() ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        long at = ip(address, protocol, PING);
        putByte(at, ipv4() ? 8 : 128);
        long pseudo = ipv4() ? 0 : Checksum.pseudoHeader(at - IPV6, false, protocol, PING);
        putShort(at + 2, ~Checksum.fold(Checksum.sum(at, PING, pseudo)));
        return network() + PING;
    }

    /** Leaves a transport's checksum to who sends, as the kernel does it. */
    private void checksumAt(long address, long at, int offset, int protocol, int length) {
        putByte(address + VirtioHeader.FLAGS, VirtioHeader.NEEDS_CHECKSUM);
        putShort(address + VirtioHeader.CHECKSUM_START, network());
        putShort(address + VirtioHeader.CHECKSUM_OFFSET, offset);
        putShort(at + offset, Checksum.fold(Checksum.pseudoHeader(at - network(), ipv4(), protocol, length)));
    }

    /** Writes the headers of device and network; returns where the transport's goes. */
    private long ip(long address, int protocol, int payload) {
        zero(address, VirtioHeader.SIZE + (long) network() + payload);
        long ip = address + VirtioHeader.SIZE;
        int ecn = protocol == IpProtocol.TCP ? TunnelEcn.ECT_0 : TunnelEcn.NOT_ECT;
        if (ipv4()) {
            ipv4(ip, protocol, payload, ecn);
        } else {
            ipv6(ip, protocol, payload, ecn);
        }
        return ip + network();
    }

    private void ipv4(long ip, int protocol, int payload, int ecn) {
        putByte(ip, 0x45);
        putByte(ip + 1, ecn);
        putNetShort(ip + 2, IPV4 + payload);
        putNetShort(ip + 6, round % 5 == 0 ? 0 : DONT_FRAGMENT);
        putByte(ip + 8, 64);
        putByte(ip + 9, protocol);
        putNetInt(ip + 12, LOCAL);
        putNetInt(ip + 16, REMOTE);
        putShort(ip + 10, ~Checksum.fold(Checksum.sum(ip, IPV4, 0)));
    }

    private static void ipv6(long ip, int protocol, int payload, int ecn) {
        putNetInt(ip, 0x6000_0000 | ecn << 20);
        putNetShort(ip + 4, payload);
        putByte(ip + 6, protocol);
        putByte(ip + 7, 64);
        putNetInt(ip + 8, PREFIX);
        putNetInt(ip + 20, LOCAL);
        putNetInt(ip + 24, PREFIX);
        putNetInt(ip + 36, REMOTE);
    }

    private void ports(long at) {
        putNetShort(at, 1024 + round % 512);
        putNetShort(at + 2, 443);
    }
}
