package org.sallyport.capture.internal;

import java.util.Arrays;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;

/** Reads what the counters need from a captured frame; believes no length that the frame does not bear out. */
final class PacketParser {
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int IKE_PORT = 500;
    private static final int ENCAPSULATION_PORT = 4500;
    private static final int UDP_HEADER = 8;
    private static final int ESP_HEADER = 8;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int FRAGMENT_OFFSET = 0x1fff;
    private static final int LONGEST_EXTENSION_CHAIN = 8;

    private PacketParser() {}

    /** Returns what was seen, or nothing when it is no IP packet that can be read. */
    static Optional<SeenPacket> parse(LinkType link, byte[] frame) {
        try {
            int ip = link.headerLength();
            if (link == LinkType.ETHERNET && unsigned16(frame, 12) == ETHERTYPE_VLAN) {
                ip += 4;
            }
            return switch ((frame[ip] >> 4) & 0xf) {
                case 4 -> ipv4(frame, ip);
                case 6 -> ipv6(frame, ip);
                default -> Optional.empty();
            };
        } catch (IndexOutOfBoundsException cut) {
            return Optional.empty();
        }
    }

    private static Optional<SeenPacket> ipv4(byte[] frame, int ip) {
        int header = (frame[ip] & 0xf) * 4;
        boolean laterFragment = (unsigned16(frame, ip + 6) & FRAGMENT_OFFSET) != 0;
        return Optional.of(payload(
                frame, new Addressing(frame, ip + 12, ip + 16, 4), frame[ip + 9] & 0xff, ip + header, laterFragment));
    }

    private static Optional<SeenPacket> ipv6(byte[] frame, int ip) {
        int next = frame[ip + 6] & 0xff;
        int at = ip + 40;
        boolean laterFragment = false;
        for (int i = 0; i < LONGEST_EXTENSION_CHAIN && isExtension(next); i++) {
            int type = next;
            next = frame[at] & 0xff;
            if (type == 44) {
                laterFragment = (unsigned16(frame, at + 2) & 0xfff8) != 0;
                at += 8;
            } else {
                at += ((frame[at + 1] & 0xff) + 1) * 8;
            }
        }
        return Optional.of(
                payload(frame, new Addressing(frame, ip + 8, ip + 24, 16), Math.max(next, 1), at, laterFragment));
    }

    private static boolean isExtension(int header) {
        return header == 0 || header == 43 || header == 44 || header == 60;
    }

    private static SeenPacket payload(
            byte[] frame, Addressing addressing, int protocol, int at, boolean laterFragment) {
        boolean ports = IpProtocol.hasPorts(protocol) && !laterFragment;
        int from = ports ? unsigned16(frame, at) : Flow.OPAQUE_PORT;
        int to = ports ? unsigned16(frame, at + 2) : Flow.OPAQUE_PORT;
        Flow flow = addressing.flow(Math.max(protocol, 1), from, to);
        if (protocol == IpProtocol.TCP && ports) {
            return new SeenPacket(flow, synSequence(frame, at), 0, 0, false);
        }
        if (protocol == IpProtocol.ESP && !laterFragment) {
            return new SeenPacket(flow, -1, (int) unsigned32(frame, at), 1, false);
        }
        if (protocol == IpProtocol.UDP && ports) {
            return udp(frame, flow, at);
        }
        return new SeenPacket(flow, -1, 0, 0, false);
    }

    private static long synSequence(byte[] frame, int tcp) {
        return (frame[tcp + 13] & (SYN | ACK)) == SYN ? unsigned32(frame, tcp + 4) : -1;
    }

    private static SeenPacket udp(byte[] frame, Flow flow, int at) {
        boolean ike = flow.localPort() == IKE_PORT || flow.remotePort() == IKE_PORT;
        boolean encapsulated = flow.localPort() == ENCAPSULATION_PORT || flow.remotePort() == ENCAPSULATION_PORT;
        int payload = at + UDP_HEADER;
        int length = unsigned16(frame, at + 4) - UDP_HEADER;
        if (!encapsulated || length <= 1) {
            return new SeenPacket(flow, -1, 0, 0, ike || encapsulated);
        }
        int spi = (int) unsigned32(frame, payload);
        if (spi == 0) {
            return new SeenPacket(flow, -1, 0, 0, true);
        }
        return new SeenPacket(flow, -1, spi, segments(frame, payload, length, spi), false);
    }

    /**
     * Counts the ESP packets that one captured UDP datagram will become: with segmentation left to the interface the
     * capture sees them as one. The second begins where the same SPI stands before the next sequence number.
     */
    private static int segments(byte[] frame, int payload, int length, int spi) {
        long following = (unsigned32(frame, payload + 4) + 1) & 0xffffffffL;
        int last = Math.min(frame.length, payload + length) - ESP_HEADER;
        for (int second = payload + ESP_HEADER; second <= last; second += 2) {
            if ((int) unsigned32(frame, second) == spi && unsigned32(frame, second + 4) == following) {
                int size = second - payload;
                return (length + size - 1) / size;
            }
        }
        return 1;
    }

    private static int unsigned16(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    private static long unsigned32(byte[] bytes, int at) {
        return ((long) unsigned16(bytes, at) << 16) | unsigned16(bytes, at + 2);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Addressing(byte[] frame, int source, int destination, int width) {
        Flow flow(int protocol, int from, int to) {
            return new Flow(
                    0,
                    protocol,
                    Addresses.of(Arrays.copyOfRange(frame, source, source + width)),
                    from,
                    Addresses.of(Arrays.copyOfRange(frame, destination, destination + width)),
                    to);
        }
    }
}
