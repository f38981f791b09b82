package org.sallyport.lab.attack;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.sallyport.lab.witness.CapturedPacket;

/**
 * An IPv4 UDP datagram with the addresses that it claims. Immutable as long as nobody writes to the payload.
 *
 * @param payload from its position to its limit, at most {@value #LONGEST} octets
 */
public record Datagram(
        Inet4Address source, int sourcePort, Inet4Address destination, int destinationPort, ByteBuffer payload) {
    /** What fits into an IPv4 packet. */
    public static final int LONGEST = 65_507;

    public Datagram {
        if (payload.remaining() > LONGEST) {
            throw new IllegalArgumentException(payload.remaining() + " octets do not fit into a UDP datagram");
        }
    }

    /** The datagram of a captured packet; empty when it is something else. */
    public static Optional<Datagram> of(CapturedPacket packet) {
        return packet.protocol() == CapturedPacket.UDP
                        && packet.source() instanceof Inet4Address source
                        && packet.destination() instanceof Inet4Address destination
                ? Optional.of(new Datagram(
                        source,
                        packet.sourcePort(),
                        destination,
                        packet.destinationPort(),
                        ByteBuffer.wrap(bytes(packet.payload()))))
                : Optional.empty();
    }

    /** The same with another payload. */
    Datagram with(byte[] other) {
        return new Datagram(source, sourcePort, destination, destinationPort, ByteBuffer.wrap(other));
    }

    /** The same from elsewhere. */
    Datagram from(InetAddress address, int port) {
        return new Datagram((Inet4Address) address, port, destination, destinationPort, payload);
    }

    /** A copy of the payload. */
    public byte[] bytes() {
        return bytes(payload);
    }

    /** Whether this is an IKE message on either port: on 4500 a marker of four zeros comes first (RFC 3948 section 2.2). */
    public boolean isIke() {
        return usesNatTraversal()
                ? payload.remaining() > IkeMessage.MARKER && payload.getInt(payload.position()) == 0
                : uses(CapturedPacket.IKE_PORT);
    }

    /** Whether this is ESP in UDP (RFC 3948 section 2.1). */
    public boolean isEsp() {
        return usesNatTraversal() && payload.remaining() >= 8 && payload.getInt(payload.position()) != 0;
    }

    /** Where the IKE message starts in the payload. */
    int ikeOffset() {
        return usesNatTraversal() ? IkeMessage.MARKER : 0;
    }

    private boolean usesNatTraversal() {
        return uses(CapturedPacket.NAT_T_PORT);
    }

    private boolean uses(int port) {
        return sourcePort == port || destinationPort == port;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return copy;
    }
}
