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
 * What a host sends whose connections open, say something short, then something long, which the kernel has not cut yet;
 * datagrams go between them.
 */
final class RehearsalTraffic {
    /** Octets of the largest packet with its virtio header. */
    static final int LARGEST = 1 << 13;

    private static final int LOCAL = 0xc000_0201;
    private static final int REMOTE = 0xc000_0202;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int UDP = 8;
    private static final int SEGMENT = 1348;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int ROUND = 5;

    private int made;

    /** Writes the next packet, and returns its length. */
    int next(long address) {
        int port = 1024 + made / ROUND % 512;
        return VirtioHeader.SIZE
                + switch (made++ % ROUND) {
                    case 0 -> tcp(address, port, 0, SYN);
                    case 1 -> tcp(address, port, 100, ACK);
                    case 2 -> tcp(address, port, SEGMENT, ACK);
                    case 3 -> tcp(address, port, 4 * SEGMENT, ACK);
                    default -> udp(address, port);
                };
    }

    private static int tcp(long address, int port, int payload, int flags) {
        int length = IP + TCP + payload;
        long at = ip(address, IpProtocol.TCP, length) + IP;
        ports(at, port);
        putByte(at + 12, (TCP / 4) << 4);
        putByte(at + 13, flags);
        putShort(address + VirtioHeader.CHECKSUM_OFFSET, 16);
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
        putShort(address + VirtioHeader.CHECKSUM_OFFSET, 6);
        return length;
    }

    /** Writes the headers of device and network; the transport's checksum is left to who sends, as the kernel does it. */
    private static long ip(long address, int protocol, int length) {
        zero(address, VirtioHeader.SIZE + (long) length);
        putByte(address + VirtioHeader.FLAGS, VirtioHeader.NEEDS_CHECKSUM);
        putShort(address + VirtioHeader.CHECKSUM_START, IP);
        long ip = address + VirtioHeader.SIZE;
        putByte(ip, 0x45);
        putByte(ip + 1, protocol == IpProtocol.TCP ? TunnelEcn.ECT_0 : TunnelEcn.NOT_ECT);
        putNetShort(ip + 2, length);
        putByte(ip + 8, 64);
        putByte(ip + 9, protocol);
        putNetInt(ip + 12, LOCAL);
        putNetInt(ip + 16, REMOTE);
        putShort(ip + 10, ~Checksum.fold(Checksum.sum(ip, IP, 0)));
        int offset = protocol == IpProtocol.TCP ? 16 : 6;
        long sum = Checksum.pseudoHeader(ip, true, protocol, length - IP);
        putShort(ip + IP + offset, Checksum.fold(sum));
        return ip;
    }

    private static void ports(long at, int port) {
        putNetShort(at, port);
        putNetShort(at + 2, 443);
    }
}
