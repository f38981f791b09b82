package org.sallyport.lab.relay;

import java.nio.ByteBuffer;

/** Tells IKE messages from everything else (RFC 7296 section 2, RFC 3948 section 2.2). */
final class IkeMessages {
    private static final int UDP = 17;
    private static final int IKE = 500;
    private static final int IKE_AND_ESP = 4500;

    private IkeMessages() {}

    /** Tells whether an IP packet carries one; options and extension headers are not looked behind. */
    static boolean isOne(byte[] packet) {
        boolean ipv4 = packet[0] >> 4 == 4;
        int header = ipv4 ? (packet[0] & 0xf) * 4 : 40;
        if (packet[ipv4 ? 9 : 6] != UDP || packet.length < header + 12) {
            return false;
        }
        ByteBuffer udp = ByteBuffer.wrap(packet, header, packet.length - header).slice();
        int source = Short.toUnsignedInt(udp.getShort(0));
        int destination = Short.toUnsignedInt(udp.getShort(2));
        boolean shared = source == IKE_AND_ESP || destination == IKE_AND_ESP;
        return source == IKE || destination == IKE || (shared && udp.getInt(8) == 0);
    }
}
