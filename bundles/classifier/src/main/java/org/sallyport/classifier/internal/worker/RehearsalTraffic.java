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
 */
final class RehearsalTraffic {
    /** Octets of the largest packet with its virtio header. */
    static final int LARGEST = 1 << 16;

    private static final int LOCAL = 0xc000_0201;
    private static final int REMOTE = 0xc000_0202;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int SEGMENT_SIZE_OPTION = 4;
    private static final int UDP = 8;
    private static final int PING = 64;
    private static final int SEGMENT = 1348;
    private static final int MANY = 44;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int ROUND = 8;
    private static final int ROUNDS_PER_MANY = 16;

    private int made;

    /** Writes the next packet, and returns its length. */
    int next(long address) {
        int round = made / ROUND;
        int port = 1024 + round % 512;
        int segments = round % ROUNDS_PER_MANY == 0 ? MANY : 4;
        return VirtioHeader.SIZE
                + switch (made++ % ROUND) {
                    case 0 -> opening(address, port);
                    case 1 -> tcp(address, port, 100, ACK);
                    case 2 -> tcp(address, port, SEGMENT, ACK);
                    case 3 -> tcp(address, port, segments * SEGMENT, ACK);
                    case 4 -> tcp(address, port, 0, ACK);
                    case 5 -> tcp(address, port, 0, FIN | ACK);
                    case 6 -> ping(address);
                    default -> udp(address, port);
                };
    }

    /** A SYN that announces a maximum segment size. */
    private static int opening(long address, int port) {
        int length = tcp(address, port, SEGMENT_SIZE_OPTION, SYN);
        long tcp = address + VirtioHeader.SIZE + IP;
        putByte(tcp + 12, ((TCP + SEGMENT_SIZE_OPTION) / 4) << 4);
        putByte(tcp + TCP, 2);
        putByte(tcp + TCP + 1, SEGMENT_SIZE_OPTION);
        putNetShort(tcp + TCP + 2, 1460);
        return length;
    }

    private static int tcp(long address, int port, int payload, int flags) {
        int length = IP + TCP + payload;
        long at = ip(address, IpProtocol.TCP, length) + IP;
        ports(at, port);
        putByte(at + 12, (TCP / 4) << 4);
        putByte(at + 13, flags);
        checksumAt(address, 16);
        putShort(at + 16, Checksum.fold(Checksum.pseudoHeader(at - IP, true, IpProtocol.TCP, length - IP)));
        if (payload > SEGMENT) {
            putByte(address + VirtioHeader.GSO_TYPE, VirtioHeader.GSO_TCPV4);
            putShort(address + VirtioHeader.GSO_SIZE, SEGMENT);
        }
        return length;
    }

    private static int udp(long address, int port) {
        int length = IP + UDP + 64;
        long at = ip(address, IpProtocol.UDP, length) + IP;
        ports(at, port);
        putNetShort(at + 4, length - IP);
        checksumAt(address, 6);
        putShort(at + 6, Checksum.fold(Checksum.pseudoHeader(at - IP, true, IpProtocol.UDP, length - IP)));
        return length;
    }

    /** An echo request, which comes with its checksum. */
    private static int ping(long address) {
        int length = IP + PING;
        long at = ip(address, IpProtocol.ICMP, length) + IP;
        putByte(at, 8);
        putShort(at + 2, ~Checksum.fold(Checksum.sum(at, PING, 0)));
        return length;
    }

    /** Leaves a transport's checksum to who sends, as the kernel does it. */
    private static void checksumAt(long address, int offset) {
        putByte(address + VirtioHeader.FLAGS, VirtioHeader.NEEDS_CHECKSUM);
        putShort(address + VirtioHeader.CHECKSUM_START, IP);
        putShort(address + VirtioHeader.CHECKSUM_OFFSET, offset);
    }

    /** Writes the headers of device and network. */
    private static long ip(long address, int protocol, int length) {
        zero(address, VirtioHeader.SIZE + (long) length);
        long ip = address + VirtioHeader.SIZE;
        putByte(ip, 0x45);
        putByte(ip + 1, protocol == IpProtocol.TCP ? TunnelEcn.ECT_0 : TunnelEcn.NOT_ECT);
        putNetShort(ip + 2, length);
        putByte(ip + 8, 64);
        putByte(ip + 9, protocol);
        putNetInt(ip + 12, LOCAL);
        putNetInt(ip + 16, REMOTE);
        putShort(ip + 10, ~Checksum.fold(Checksum.sum(ip, IP, 0)));
        return ip;
    }

    private static void ports(long at, int port) {
        putNetShort(at, port);
        putNetShort(at + 2, 443);
    }
}
