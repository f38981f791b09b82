package org.sallyport.lab.attack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes datagrams as IPv4 packets, in fragments where one packet would exceed the MTU (RFC 791 section 3.2). */
final class Ipv4Packets {
    /** The MTU of the lab's wires. */
    static final int MTU = 1500;

    private static final int HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int UDP = 17;
    private static final int HOPS = 64;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_UNIT = 8;
    private static final int LARGEST_FRAGMENT = (MTU - HEADER) / FRAGMENT_UNIT * FRAGMENT_UNIT;

    private int identification;

    /** The packets of a datagram, in order. The UDP checksum is left out, which IPv4 allows. */
    List<ByteBuffer> of(Datagram datagram) {
        ByteBuffer udp = udp(datagram);
        int total = udp.remaining();
        identification = (identification + 1) & 0xffff;
        List<ByteBuffer> packets = new ArrayList<>();
        for (int offset = 0; offset < total; offset += LARGEST_FRAGMENT) {
            int length = Math.min(LARGEST_FRAGMENT, total - offset);
            int more = offset + length < total ? MORE_FRAGMENTS : 0;
            packets.add(packet(datagram, more | offset / FRAGMENT_UNIT, udp.slice(offset, length)));
        }
        return packets;
    }

    private static ByteBuffer udp(Datagram datagram) {
        ByteBuffer payload = datagram.payload().duplicate();
        return ByteBuffer.allocate(UDP_HEADER + payload.remaining())
                .putShort((short) datagram.sourcePort())
                .putShort((short) datagram.destinationPort())
                .putShort((short) (UDP_HEADER + payload.remaining()))
                .putShort((short) 0)
                .put(payload)
                .flip();
    }

    /** The kernel fills in the header's checksum. */
    private ByteBuffer packet(Datagram datagram, int fragment, ByteBuffer content) {
        return ByteBuffer.allocate(HEADER + content.remaining())
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (HEADER + content.remaining()))
                .putShort((short) identification)
                .putShort((short) fragment)
                .put((byte) HOPS)
                .put((byte) UDP)
                .putShort((short) 0)
                .put(datagram.source().getAddress())
                .put(datagram.destination().getAddress())
                .put(content)
                .flip();
    }
}
