package org.sallyport.spd.internal.kernel;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.Packet.Shape;
import org.sallyport.spd.oracle.RandomPolicies;

/** Packets as octets, each with a number: IPv4's identification, IPv6's flow label. */
final class RawPackets {
    private static final int FRAGMENT = 44;
    private static final int OFFSET = 64;
    private static final int[] EXTENSIONS = {0, 43, FRAGMENT, 51, 60};

    private RawPackets() {}

    static byte[] write(Packet packet, int number) {
        byte[] whole = payload(packet);
        byte[] payload = packet.shape() == Shape.CUT ? Arrays.copyOf(whole, number % shownFrom(packet)) : whole;
        byte[] source = address(packet, packet.source());
        byte[] destination = address(packet, packet.destination());
        if (packet.ipv4()) {
            ByteBuffer ip = ByteBuffer.allocate(20 + payload.length);
            ip.put((byte) 0x45).put((byte) 0).putShort((short) ip.capacity()).putShort((short) number);
            ip.putShort((short) (packet.laterFragment() ? OFFSET / 8 : 0)).put((byte) 64);
            ip.put((byte) packet.protocol())
                    .putShort((short) 0)
                    .put(source)
                    .put(destination)
                    .put(payload);
            ip.putShort(10, checksum(ip));
            return ip.array();
        }
        int fragment = packet.laterFragment() ? 8 : 0;
        int offset = packet.protocolSeen() || number % 2 == 0 ? OFFSET : 0;
        int behindFragment = packet.protocolSeen() ? packet.protocol() : EXTENSIONS[number % EXTENSIONS.length];
        ByteBuffer ip = ByteBuffer.allocate(40 + fragment + payload.length);
        ip.putInt(0x6000_0000 | number).putShort((short) (fragment + payload.length));
        ip.put((byte) (fragment > 0 ? FRAGMENT : packet.protocol()))
                .put((byte) 64)
                .put(source)
                .put(destination);
        if (fragment > 0) {
            ip.put((byte) behindFragment).put((byte) 0).putShort((short) offset).putInt(number);
        }
        return ip.put(payload).array();
    }

    /** How many octets show ports, or type and code. */
    private static int shownFrom(Packet packet) {
        return packet.hasType() ? 2 : 4;
    }

    /** Without the header of the upper layer, where ports would be, stands something that looks like ports. */
    static byte[] payload(Packet packet) {
        ByteBuffer payload = ByteBuffer.allocate(32);
        if (packet.hasType()) {
            payload.put((byte) packet.type()).put((byte) packet.code()).putShort((short) 0xffff);
        } else {
            payload.putShort((short) packet.sourcePort()).putShort((short) packet.destinationPort());
        }
        if (packet.protocol() == 6) {
            payload.putInt(7).putInt(0).put((byte) 0x50).put((byte) 2);
        } else if (packet.protocol() == 17) {
            payload.putShort((short) 32);
        } else if (packet.protocol() == 47) {
            payload.putInt(0, 0);
        }
        return payload.array();
    }

    /** Returns what tells packets apart that have no number. */
    static String looks(Packet packet) {
        return packet.source() + " " + packet.destination() + " " + packet.protocol() + " " + beginning(packet);
    }

    /** Tells whether the payload begins as that of a packet. */
    static boolean looksLike(ByteBuffer raw, Packet packet) {
        int at = packet.ipv4() ? (raw.get(0) & 0xf) * 4 : 40;
        return raw.limit() >= at + 4 && raw.getInt(at) == beginning(packet);
    }

    private static int beginning(Packet packet) {
        return ByteBuffer.wrap(payload(packet)).getInt(0);
    }

    static short checksum(ByteBuffer ip) {
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += Short.toUnsignedInt(ip.getShort(i));
        }
        return (short) ~((sum & 0xffff) + (sum >> 16));
    }

    private static byte[] address(Packet packet, BigInteger number) {
        return RandomPolicies.address(packet.ipv4(), number).getAddress();
    }

    /** Returns the number of what was seen on a link. */
    static int number(ByteBuffer raw) {
        return isIpv4(raw) ? Short.toUnsignedInt(raw.getShort(4)) : raw.getInt(0) & 0xf_ffff;
    }

    private static boolean isIpv4(ByteBuffer raw) {
        return raw.get(0) >> 4 == 4;
    }

    /** Tells whether the addresses and the protocol are those of a packet. */
    static boolean is(ByteBuffer raw, Packet packet) {
        if (raw.limit() < (packet.ipv4() ? 20 : 40) || isIpv4(raw) != packet.ipv4()) {
            return false;
        }
        int protocol = raw.get(packet.ipv4() ? 9 : 6) & 0xff;
        int at = packet.ipv4() ? 12 : 8;
        byte[] both = new byte[packet.ipv4() ? 8 : 32];
        raw.get(at, both);
        byte[] expected = Arrays.copyOf(address(packet, packet.source()), both.length);
        System.arraycopy(address(packet, packet.destination()), 0, expected, both.length / 2, both.length / 2);
        return Arrays.equals(both, expected)
                && protocol == (!packet.ipv4() && packet.laterFragment() ? FRAGMENT : packet.protocol());
    }
}
