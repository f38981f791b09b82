package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

import java.lang.foreign.Arena;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * Joins packets of one TCP or UDP flow that follow each other into one super-packet for the TUN, without copying them:
 * the pieces are handed over as a vector. Only packets whose checksums are right are joined, because the kernel is told
 * to compute them anew. Packets stay in their buffers until {@link #flush}. Belongs to one thread.
 */
public final class Coalescer {
    private static final int MOST_PIECES = 120;
    private static final int LARGEST = 65_000;
    private static final int ACK_AND_PUSH = 0x18;
    private static final int PUSH = 0x08;
    private static final int TIMESTAMPS = 32;

    private final Arena arena;
    private final long vectors;
    private final long header;
    private final boolean udpSegmentation;
    private final TunQueue queue;

    private int pieces;
    private int packets;
    private long first;
    private boolean joinable;
    private boolean ipv4;
    private int protocol;
    private int transport;
    private int headers;
    private int segment;
    private int total;
    private int expected;
    private boolean closed;
    private int failures;

    /**
     * @param udpSegmentation whether the device takes UDP super-packets
     */
    public Coalescer(Arena arena, TunQueue queue, boolean udpSegmentation) {
        this.arena = arena;
        this.queue = queue;
        this.udpSegmentation = udpSegmentation;
        this.vectors = arena.allocate((MOST_PIECES + 2) * 16L, 64).address();
        this.header = arena.allocate(16, 8).address();
        putLong(vectors, header);
        putLong(vectors + 8, VirtioHeader.SIZE);
    }

    /** Adds a packet that was parsed; hands over what came before it when the two do not belong together. */
    public void add(long ip, InnerPacket packet) {
        boolean candidate = isCandidate(ip, packet);
        if (candidate && pieces > 0 && joinable && continues(ip, packet)) {
            join(ip, packet);
        } else {
            flush();
            begin(ip, packet, candidate);
        }
    }

    private boolean isCandidate(long ip, InnerPacket packet) {
        int plain = packet.ipv4() ? 20 : 40;
        if (packet.fragment() || packet.transport() != plain) {
            return false;
        }
        long at = ip + plain;
        int left = packet.length() - plain;
        return switch (packet.protocol()) {
            case IpProtocol.TCP -> left >= 20 && isPlainTcp(at, left) && hasGoodChecksum(ip, packet, left);
            case IpProtocol.UDP ->
                udpSegmentation
                        && left > 8
                        && netShort(at + 4) == left
                        && getShort(at + 6) != 0
                        && hasGoodChecksum(ip, packet, left);
            default -> false;
        };
    }

    private static boolean isPlainTcp(long at, int left) {
        int length = (getByte(at + 12) >> 4) * 4;
        return length >= 20 && length <= TIMESTAMPS && length < left && (getByte(at + 13) & ~ACK_AND_PUSH) == 0;
    }

    private static boolean hasGoodChecksum(long ip, InnerPacket packet, int left) {
        if (packet.ipv4() && Checksum.fold(Checksum.sum(ip, 20, 0)) != 0xffff) {
            return false;
        }
        long sum = Checksum.pseudoHeader(ip, packet.ipv4(), packet.protocol(), left);
        return Checksum.fold(Checksum.sum(ip + packet.transport(), left, sum)) == 0xffff;
    }

    private boolean continues(long ip, InnerPacket packet) {
        int payload = packet.length() - headers;
        return !closed
                && packet.ipv4() == ipv4
                && packet.protocol() == protocol
                && payload > 0
                && payload <= segment
                && total + payload <= LARGEST
                && pieces < MOST_PIECES
                && sameAddresses(ip)
                && sameNetworkHeader(ip)
                && getInt(ip + transport) == getInt(first + transport)
                && (protocol == IpProtocol.UDP || continuesTcp(ip + transport));
    }

    private boolean sameAddresses(long ip) {
        if (ipv4) {
            return getLong(ip + 12) == getLong(first + 12);
        }
        return getLong(ip + 8) == getLong(first + 8)
                && getLong(ip + 16) == getLong(first + 16)
                && getLong(ip + 24) == getLong(first + 24)
                && getLong(ip + 32) == getLong(first + 32);
    }

    /** Type of service, fragment flags and time to live; with IPv6 traffic class, flow label and hop limit. */
    private boolean sameNetworkHeader(long ip) {
        if (ipv4) {
            return getByte(ip + 1) == getByte(first + 1)
                    && getShort(ip + 6) == getShort(first + 6)
                    && getByte(ip + 8) == getByte(first + 8);
        }
        return getInt(ip) == getInt(first) && getByte(ip + 7) == getByte(first + 7);
    }

    private boolean continuesTcp(long at) {
        long other = first + transport;
        int length = headers - transport;
        return netInt(at + 4) == expected
                && getInt(at + 8) == getInt(other + 8)
                && getByte(at + 12) == getByte(other + 12)
                && getShort(at + 14) == getShort(other + 14)
                && sameOptions(at, other, length);
    }

    private static boolean sameOptions(long at, long other, int length) {
        for (int i = 20; i < length; i += 4) {
            if (getInt(at + i) != getInt(other + i)) {
                return false;
            }
        }
        return true;
    }

    private void begin(long ip, InnerPacket packet, boolean candidate) {
        piece(1, ip, packet.length());
        pieces = 2;
        packets = 1;
        first = ip;
        joinable = candidate;
        total = packet.length();
        if (candidate) {
            ipv4 = packet.ipv4();
            protocol = packet.protocol();
            transport = packet.transport();
            boolean tcp = protocol == IpProtocol.TCP;
            headers = transport + (tcp ? (getByte(ip + transport + 12) >> 4) * 4 : 8);
            segment = total - headers;
            expected = tcp ? netInt(ip + transport + 4) + segment : 0;
            closed = tcp && (getByte(ip + transport + 13) & PUSH) != 0;
        }
    }

    private void join(long ip, InnerPacket packet) {
        int payload = packet.length() - headers;
        piece(pieces, ip + headers, payload);
        pieces++;
        packets++;
        total += payload;
        expected += payload;
        closed = payload < segment;
        if (protocol == IpProtocol.TCP && (getByte(ip + transport + 13) & PUSH) != 0) {
            putByte(first + transport + 13, getByte(first + transport + 13) | PUSH);
            closed = true;
        }
    }

    private void piece(int index, long address, int length) {
        putLong(vectors + index * 16L, address);
        putLong(vectors + index * 16L + 8, length);
    }

    /** Hands over what was collected. */
    public void flush() {
        if (pieces == 0) {
            return;
        }
        putLong(header, 0);
        putShort(header + 8, 0);
        if (packets > 1) {
            describe();
        }
        if (queue.write(vectors, pieces) < 0) {
            failures += packets;
        }
        pieces = 0;
    }

    private void describe() {
        boolean tcp = protocol == IpProtocol.TCP;
        int transportLength = total - transport;
        if (ipv4) {
            putNetShort(first + 2, total);
            putShort(first + 10, 0);
            putShort(first + 10, ~Checksum.fold(Checksum.sum(first, 20, 0)));
        } else {
            putNetShort(first + 4, total - 40);
        }
        int offset = tcp ? 16 : 6;
        if (!tcp) {
            putNetShort(first + transport + 4, transportLength);
        }
        putShort(
                first + transport + offset,
                Checksum.fold(Checksum.pseudoHeader(first, ipv4, protocol, transportLength)));
        putByte(header + VirtioHeader.FLAGS, VirtioHeader.NEEDS_CHECKSUM);
        putByte(header + VirtioHeader.GSO_TYPE, gsoType(tcp));
        putShort(header + VirtioHeader.HEADER_LENGTH, headers);
        putShort(header + VirtioHeader.GSO_SIZE, segment);
        putShort(header + VirtioHeader.CHECKSUM_START, transport);
        putShort(header + VirtioHeader.CHECKSUM_OFFSET, offset);
    }

    private int gsoType(boolean tcp) {
        if (!tcp) {
            return VirtioHeader.GSO_UDP;
        }
        return ipv4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
    }

    /** Returns how many packets the device has not taken since the last call. */
    public int takeFailures() {
        int result = failures;
        failures = 0;
        return result;
    }

    /** Returns the arena that keeps the vectors alive. */
    Arena arena() {
        return arena;
    }
}
