package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

import org.sallyport.api.flow.IpProtocol;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * Cuts a super-packet from the TUN into packets, each with its lengths, sequence number, flags and checksums. One object
 * serves packet after packet and belongs to one thread. In transport mode packets are written without their IP header.
 *
 * <p>Use: {@link #begin}, then {@link #write} for each segment in order.
 */
public final class Segmenter {
    private static final int FIN_AND_PUSH = 0x09;
    private static final int CONGESTION_WINDOW_REDUCED = 0x80;

    private long ip;
    private boolean ipv4;
    private boolean tcp;
    private int transport;
    private int skipped;
    private int headers;
    private int payload;
    private int segmentPayload;
    private int done;
    private int index;

    /**
     * Prepares to cut a packet.
     *
     * @param header the virtio header, whose type is not {@link VirtioHeader#GSO_NONE}
     * @param address the IP header
     * @param packet what was parsed there
     * @param skip octets at its beginning that are not written: 0, or those of its IP header
     * @return whether header and packet agree; if not, it cannot be cut
     */
    public boolean begin(long header, long address, InnerPacket packet, int skip) {
        int type = getByte(header + VirtioHeader.GSO_TYPE) & ~VirtioHeader.GSO_ECN;
        ip = address;
        ipv4 = packet.ipv4();
        tcp = packet.protocol() == IpProtocol.TCP;
        transport = packet.transport();
        segmentPayload = getShort(header + VirtioHeader.GSO_SIZE);
        skipped = skip;
        done = 0;
        index = 0;
        if (segmentPayload == 0 || packet.fragment() || !agrees(type, packet)) {
            return false;
        }
        int transportLength = tcp ? tcpHeader(packet) : 8;
        headers = transport + transportLength;
        payload = packet.length() - headers;
        return transportLength > 0 && payload > 0;
    }

    private boolean agrees(int type, InnerPacket packet) {
        return switch (type) {
            case VirtioHeader.GSO_TCPV4 -> tcp && ipv4;
            case VirtioHeader.GSO_TCPV6 -> tcp && !ipv4;
            case VirtioHeader.GSO_UDP -> packet.protocol() == IpProtocol.UDP;
            default -> false;
        };
    }

    private int tcpHeader(InnerPacket packet) {
        int left = packet.length() - transport;
        if (left < 20) {
            return 0;
        }
        int length = (getByte(ip + transport + 12) >> 4) * 4;
        return length < 20 || length > left ? 0 : length;
    }

    /** Tells whether segments are left. */
    public boolean hasNext() {
        return done < payload;
    }

    /** Returns how many octets the next segment will have where it is written. */
    public int nextLength() {
        return headers - skipped + Math.min(segmentPayload, payload - done);
    }

    /** Writes the next segment; there is room for {@link #nextLength} octets. */
    public void write(long to) {
        int part = Math.min(segmentPayload, payload - done);
        copy(ip + skipped, to, headers - skipped);
        copy(ip + headers + done, to + headers - skipped, part);
        int transportLength = headers - transport + part;
        if (skipped == 0) {
            fixIp(to, transport + transportLength);
        }
        long segment = to + transport - skipped;
        if (tcp) {
            fixTcp(segment, part);
        } else {
            putNetShort(segment + 4, transportLength);
        }
        checksum(segment, transportLength);
        done += part;
        index++;
    }

    private void fixIp(long to, int length) {
        if (!ipv4) {
            putNetShort(to + 4, length - 40);
            return;
        }
        putNetShort(to + 2, length);
        putNetShort(to + 4, netShort(ip + 4) + index);
        putShort(to + 10, 0);
        putShort(to + 10, ~Checksum.fold(Checksum.sum(to, (getByte(to) & 0xf) * 4, 0)));
    }

    private void fixTcp(long header, int part) {
        putNetInt(header + 4, netInt(ip + transport + 4) + done);
        int flags = getByte(header + 13);
        if (done + part < payload) {
            flags &= ~FIN_AND_PUSH;
        }
        if (index > 0) {
            flags &= ~CONGESTION_WINDOW_REDUCED;
        }
        putByte(header + 13, flags);
    }

    private void checksum(long at, int transportLength) {
        int offset = tcp ? 16 : 6;
        putShort(at + offset, 0);
        int protocol = tcp ? IpProtocol.TCP : IpProtocol.UDP;
        long sum = Checksum.pseudoHeader(ip, ipv4, protocol, transportLength);
        int value = ~Checksum.fold(Checksum.sum(at, transportLength, sum)) & 0xffff;
        putShort(at + offset, value == 0 && !tcp ? 0xffff : value);
    }

    /**
     * Finishes the checksum of a packet that is sent whole.
     *
     * @param header the virtio header, which says where the sum begins and is put
     * @param address where the packet to change lies
     * @param length its octets there
     * @param skip octets that are missing at its beginning: 0, or those of its IP header
     * @param transport where its transport header begins: nothing in front of it is changed, as that was judged
     * @return whether header and packet agree
     */
    public static boolean finishChecksum(long header, long address, int length, int skip, int transport) {
        if ((getByte(header + VirtioHeader.FLAGS) & VirtioHeader.NEEDS_CHECKSUM) == 0) {
            return true;
        }
        int start = getShort(header + VirtioHeader.CHECKSUM_START) - skip;
        int offset = getShort(header + VirtioHeader.CHECKSUM_OFFSET);
        if (start < transport - skip || start + offset + 2 > length) {
            return false;
        }
        int value = ~Checksum.fold(Checksum.sum(address + start, length - start, 0)) & 0xffff;
        putShort(address + start + offset, value == 0 ? 0xffff : value);
        return true;
    }
}
