package org.sallyport.lab.witness;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One IP packet of a capture, decoded as far as the tests need it. Immutable as long as nobody writes to the bytes.
 *
 * @param micros microseconds since the epoch
 * @param protocol the upper-layer protocol number
 * @param sourcePort 0 unless TCP or UDP
 * @param tcpFlags the flag byte of TCP, 0 otherwise
 * @param tcpSequence the sequence number of TCP, 0 otherwise
 * @param payload what follows the upper-layer header, as far as it was captured
 * @param bytes the packet from its IP header on, as far as it was captured
 */
public record CapturedPacket(
        long micros,
        InetAddress source,
        InetAddress destination,
        int protocol,
        int sourcePort,
        int destinationPort,
        int tcpFlags,
        long tcpSequence,
        ByteBuffer payload,
        ByteBuffer bytes) {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ESP = 50;
    public static final int IKE_PORT = 500;
    public static final int NAT_T_PORT = 4500;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;
    private static final int IKE_HEADER = 28;

    /** What of an IKE message is visible to everybody (RFC 7296 section 3.1). */
    public record IkeHeader(long initiatorSpi, long responderSpi, int exchange, boolean response, long messageId) {
        /** The exchange's name, or its number. */
        public String exchangeName() {
            return switch (exchange) {
                case 34 -> "IKE_SA_INIT";
                case 35 -> "IKE_AUTH";
                case 36 -> "CREATE_CHILD_SA";
                case 37 -> "INFORMATIONAL";
                default -> "exchange " + exchange;
            };
        }
    }

    /** What of an ESP packet is visible to everybody (RFC 4303 section 2). */
    public record EspHeader(int spi, long sequence) {}

    /** Decodes a packet that starts with its IP header; empty when it is neither IPv4 nor IPv6, or too short. */
    static Optional<CapturedPacket> decode(long micros, ByteBuffer packet) {
        if (packet.remaining() < 1) {
            return Optional.empty();
        }
        return switch (packet.get(packet.position()) >>> 4 & 0xf) {
            case 4 -> decodeV4(micros, packet);
            case 6 -> decodeV6(micros, packet);
            default -> Optional.empty();
        };
    }

    private static Optional<CapturedPacket> decodeV4(long micros, ByteBuffer packet) {
        int start = packet.position();
        if (packet.remaining() < 20) {
            return Optional.empty();
        }
        int header = (packet.get(start) & 0xf) * 4;
        boolean first = (packet.getShort(start + 6) & 0x1fff) == 0;
        return Optional.of(upper(
                micros,
                address(packet, start + 12, 4),
                address(packet, start + 16, 4),
                first ? packet.get(start + 9) & 0xff : -1,
                packet,
                header));
    }

    private static Optional<CapturedPacket> decodeV6(long micros, ByteBuffer packet) {
        int start = packet.position();
        if (packet.remaining() < 40) {
            return Optional.empty();
        }
        return Optional.of(upper(
                micros,
                address(packet, start + 8, 16),
                address(packet, start + 24, 16),
                packet.get(start + 6) & 0xff,
                packet,
                40));
    }

    private static CapturedPacket upper(
            long micros, InetAddress source, InetAddress destination, int protocol, ByteBuffer packet, int header) {
        ByteBuffer rest = tail(packet, header);
        boolean tcp = protocol == TCP && rest.remaining() >= 20;
        boolean udp = protocol == UDP && rest.remaining() >= 8;
        int upperHeader = tcp ? (rest.get(12) >>> 4 & 0xf) * 4 : udp ? 8 : 0;
        return new CapturedPacket(
                micros,
                source,
                destination,
                protocol,
                tcp || udp ? rest.getShort(0) & 0xffff : 0,
                tcp || udp ? rest.getShort(2) & 0xffff : 0,
                tcp ? rest.get(13) & 0xff : 0,
                tcp ? rest.getInt(4) & 0xffffffffL : 0,
                tail(rest, upperHeader),
                tail(packet, 0));
    }

    private static ByteBuffer tail(ByteBuffer buffer, int skip) {
        int from = Math.min(skip, buffer.remaining());
        return buffer.slice(buffer.position() + from, buffer.remaining() - from);
    }

    private static InetAddress address(ByteBuffer packet, int offset, int length) {
        byte[] raw = new byte[length];
        packet.get(offset, raw);
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(Arrays.toString(raw), impossible);
        }
    }

    public boolean isTcp() {
        return protocol == TCP;
    }

    /** A SYN that opens a connection, not the answer to one. */
    public boolean isSyn() {
        return isTcp() && (tcpFlags & (SYN | ACK)) == SYN;
    }

    public boolean isSynAck() {
        return isTcp() && (tcpFlags & (SYN | ACK)) == (SYN | ACK);
    }

    public boolean isReset() {
        return isTcp() && (tcpFlags & RST) != 0;
    }

    public boolean isFin() {
        return isTcp() && (tcpFlags & FIN) != 0;
    }

    /** The flow in words, source to destination. */
    public String flow() {
        return "%s %s:%d > %s:%d"
                .formatted(
                        protocol == TCP ? "tcp" : protocol == UDP ? "udp" : "protocol " + protocol,
                        source.getHostAddress(),
                        sourcePort,
                        destination.getHostAddress(),
                        destinationPort);
    }

    /** The IKE header when this is an IKE message, on either port. */
    public Optional<IkeHeader> ike() {
        if (protocol != UDP) {
            return Optional.empty();
        }
        if (uses(NAT_T_PORT) && payload.remaining() >= 4 + IKE_HEADER && payload.getInt(0) == 0) {
            return Optional.of(ikeAt(4));
        }
        return uses(IKE_PORT) && payload.remaining() >= IKE_HEADER ? Optional.of(ikeAt(0)) : Optional.empty();
    }

    /** The ESP header when this is ESP, plain or encapsulated in UDP (RFC 3948). */
    public Optional<EspHeader> esp() {
        boolean encapsulated =
                protocol == UDP && uses(NAT_T_PORT) && payload.remaining() >= 8 && payload.getInt(0) != 0;
        boolean plain = protocol == ESP && payload.remaining() >= 8;
        return encapsulated || plain
                ? Optional.of(new EspHeader(payload.getInt(0), payload.getInt(4) & 0xffffffffL))
                : Optional.empty();
    }

    /** Whether the captured bytes contain the given ones anywhere. */
    public boolean contains(byte[] content) {
        ByteBuffer sought = ByteBuffer.wrap(content);
        for (int at = 0; at + content.length <= bytes.remaining(); at++) {
            if (bytes.slice(at, content.length).equals(sought)) {
                return true;
            }
        }
        return false;
    }

    private boolean uses(int port) {
        return sourcePort == port || destinationPort == port;
    }

    private IkeHeader ikeAt(int offset) {
        return new IkeHeader(
                payload.getLong(offset),
                payload.getLong(offset + 8),
                payload.get(offset + 18) & 0xff,
                (payload.get(offset + 19) & 0x20) != 0,
                payload.getInt(offset + 20) & 0xffffffffL);
    }
}
