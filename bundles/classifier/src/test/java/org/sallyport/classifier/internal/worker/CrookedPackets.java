package org.sallyport.classifier.internal.worker;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * IP packets of every shape there is between two networks of each family, of which some are then damaged in a place or
 * two. Streams of TCP segments that follow each other are among them. Of one seed always the same.
 */
final class CrookedPackets {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int FRAGMENT = 44;
    private static final int[] PROTOCOLS = {0, 2, 4, 33, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 132, 135, 136, 255};
    private static final int[] EXTENSIONS = {0, 43, 60, FRAGMENT, FRAGMENT};
    private static final int[] EDGES = {0, 1, 2, 7, 8, 19, 20, 39, 40, 127, 128, 255, 0x7fff, 0x8000, 0xfff8, 0xffff};
    private static final int NO_FRAGMENT = -1;

    private final SplittableRandom random;
    private final byte[] from;
    private final byte[] to;
    private final byte[] from6;
    private final byte[] to6;
    private int sequence;
    private int fragmentOffset;

    /**
     * @param from the network that sends, as 10.{@code from}.0.0/16 and 2001:db8:{@code from}::/48
     * @param to the one that receives
     */
    CrookedPackets(SplittableRandom random, int from, int to) {
        this.random = random;
        this.from = new byte[] {10, (byte) from, 0, 1};
        this.to = new byte[] {10, (byte) to, 0, 1};
        this.from6 = ipv6(from);
        this.to6 = ipv6(to);
    }

    static HostPair hosts(String local, String remote) {
        return new HostPair(Addresses.parse(local), Addresses.parse(remote));
    }

    /** Returns what an SA between two of the networks selects. */
    static Selectors networks(int local, int remote) {
        return new Selectors(network(local), network(remote));
    }

    private static List<TrafficSelector> network(int number) {
        return List.of(
                TrafficSelector.of(AddressRange.parse("10." + number + ".0.0/16")),
                TrafficSelector.of(AddressRange.parse("2001:db8:" + number + "::/48")));
    }

    private static byte[] ipv6(int network) {
        byte[] address = new byte[16];
        ByteBuffer.wrap(address)
                .putShort((short) 0x2001)
                .putShort((short) 0xdb8)
                .putShort((short) network);
        address[15] = 1;
        return address;
    }

    /** Returns a packet, half of them damaged. */
    byte[] next() {
        return random.nextBoolean() ? sound() : damaged(sound());
    }

    /** Returns a packet that is what it says. */
    byte[] sound() {
        boolean ipv4 = random.nextBoolean();
        return sound(ipv4, random.nextInt(5) == 0);
    }

    private byte[] sound(boolean ipv4, boolean answer) {
        byte[] source = answer ? address(ipv4, false) : address(ipv4, true);
        byte[] destination = answer ? address(ipv4, true) : address(ipv4, false);
        int protocol =
                switch (random.nextInt(8)) {
                    case 0 -> ipv4 ? ICMP : ICMPV6;
                    case 1 -> PROTOCOLS[random.nextInt(PROTOCOLS.length)];
                    case 2, 3 -> UDP;
                    default -> TCP;
                };
        byte[] payload = transport(protocol, ipv4, answer);
        fix(payload, protocol, source, destination);
        return ipv4
                ? ipv4(
                        protocol,
                        payload,
                        source,
                        destination,
                        random.nextInt(8) == 0 ? random.nextInt(5, 16) : 5,
                        nextFragment())
                : ipv6(protocol, payload, source, destination, random.nextInt(5) == 0 ? random.nextInt(1, 9) : 0);
    }

    /** Returns segments of one connection that follow each other, some of them damaged. */
    List<byte[]> stream(int segments) {
        boolean ipv4 = random.nextBoolean();
        byte[] source = ipv4 ? from : from6;
        byte[] destination = ipv4 ? to : to6;
        List<byte[]> stream = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            byte[] segment = segment(64, 443, 0x10, 0);
            fix(segment, TCP, source, destination);
            byte[] packet = ipv4
                    ? ipv4(TCP, segment, source, destination, 5, NO_FRAGMENT)
                    : ipv6(TCP, segment, source, destination, 0);
            stream.add(random.nextInt(12) == 0 ? damaged(packet) : packet);
        }
        return stream;
    }

    private byte[] address(boolean ipv4, boolean sender) {
        byte[] address = ipv4 ? (sender ? from : to).clone() : (sender ? from6 : to6).clone();
        if (random.nextInt(4) == 0) {
            address[address.length - 1] = (byte) random.nextInt(4);
        }
        return address;
    }

    private byte[] transport(int protocol, boolean ipv4, boolean answer) {
        int size = random.nextInt(20) == 0 ? random.nextInt(3000) : random.nextInt(100);
        byte[] payload = new byte[size];
        random.nextBytes(payload);
        return switch (protocol) {
            case TCP -> tcp(payload);
            case UDP -> udp(payload);
            case ICMP, ICMPV6 -> icmp(ipv4, answer, payload);
            default -> payload;
        };
    }

    private byte[] tcp(byte[] payload) {
        return segment(
                random.nextInt(3) == 0 ? payload.length : 64,
                random.nextInt(443, 445),
                random.nextInt(6) == 0 ? random.nextInt(256) : 0x10,
                random.nextInt(6) == 0 ? random.nextInt(11) : 0);
    }

    private byte[] segment(int octets, int port, int flags, int options) {
        ByteBuffer segment = ByteBuffer.allocate(20 + 4 * options + octets);
        segment.putShort((short) 1000).putShort((short) port).putInt(sequence).putInt(7);
        segment.put((byte) ((5 + options) << 4)).put((byte) flags).putShort((short) 500);
        sequence += octets;
        return segment.array();
    }

    private byte[] udp(byte[] payload) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length);
        datagram.putShort((short) random.nextInt(1000, 1003)).putShort((short) 53);
        datagram.putShort((short) datagram.capacity()).putShort((short) 0);
        return datagram.put(payload).array();
    }

    private byte[] icmp(boolean ipv4, boolean answer, byte[] payload) {
        int[] types = ipv4 ? new int[] {0, 3, 4, 5, 8, 11, 12, 13} : new int[] {1, 2, 3, 4, 128, 129, 133, 137};
        int type = types[random.nextInt(types.length)];
        boolean error = ipv4 ? type == 3 || type == 4 || type == 11 || type == 12 : type < 5;
        byte[] inside = error && random.nextInt(4) > 0 ? quoted(ipv4, answer) : payload;
        return ByteBuffer.allocate(8 + inside.length)
                .put((byte) type)
                .put((byte) random.nextInt(4))
                .position(8)
                .put(inside)
                .array();
    }

    private byte[] quoted(boolean ipv4, boolean answer) {
        byte[] packet = sound(ipv4, !answer);
        byte[] whole = random.nextInt(3) == 0 ? damaged(packet) : packet;
        return Arrays.copyOf(whole, random.nextInt(whole.length + 1));
    }

    /** Gives TCP and UDP a checksum, mostly the right one. */
    private void fix(byte[] payload, int protocol, byte[] source, byte[] destination) {
        int at = protocol == TCP ? 16 : 6;
        if ((protocol != TCP && protocol != UDP) || random.nextInt(10) == 0) {
            return;
        }
        long sum = sum(source) + sum(destination) + protocol + payload.length + sum(payload);
        int checksum = (int) ~fold(sum) & 0xffff;
        ByteBuffer.wrap(payload).putShort(at, (short) (checksum == 0 ? 0xffff : checksum));
    }

    private static long sum(byte[] octets) {
        long sum = 0;
        for (int i = 0; i < octets.length; i++) {
            sum += (long) (octets[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static long fold(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return folded;
    }

    private byte[] ipv4(int protocol, byte[] payload, byte[] source, byte[] destination, int words, int fragment) {
        ByteBuffer packet = ByteBuffer.allocate(4 * words + payload.length);
        packet.put((byte) (0x40 + words)).put((byte) 0).putShort((short) packet.capacity());
        packet.putShort((short) random.nextInt(3)).putShort((short) (fragment == NO_FRAGMENT ? 0x4000 : fragment));
        packet.put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination);
        packet.putShort(10, (short) ~fold(sum(Arrays.copyOf(packet.array(), 4 * words))));
        return packet.position(4 * words).put(payload).array();
    }

    /** Returns flags and offset of a piece that may follow the one before. */
    private int nextFragment() {
        if (random.nextInt(6) > 0) {
            return NO_FRAGMENT;
        }
        boolean more = random.nextInt(3) > 0;
        int result = (more ? 0x2000 : 0) | fragmentOffset;
        fragmentOffset = !more || random.nextInt(5) == 0 ? 0 : random.nextInt(40);
        return result;
    }

    private byte[] ipv6(int protocol, byte[] payload, byte[] source, byte[] destination, int extensions) {
        ByteBuffer packet = ByteBuffer.allocate(40 + 24 * extensions + payload.length);
        int next = extensions == 0 ? protocol : EXTENSIONS[random.nextInt(EXTENSIONS.length)];
        packet.putInt(0x6000_0000).putShort((short) 0).put((byte) next).put((byte) 64);
        packet.put(source).put(destination);
        for (int i = 1; i <= extensions; i++) {
            int following = i == extensions ? protocol : EXTENSIONS[random.nextInt(EXTENSIONS.length)];
            extension(packet, next, following);
            next = following;
        }
        packet.put(payload);
        packet.putShort(4, (short) (packet.position() - 40));
        return Arrays.copyOf(packet.array(), packet.position());
    }

    private void extension(ByteBuffer packet, int kind, int following) {
        packet.put((byte) following);
        if (kind == FRAGMENT) {
            int field = random.nextInt(3) == 0 ? random.nextInt(0x1_0000) : random.nextInt(2);
            packet.put((byte) 0).putShort((short) field).putInt(random.nextInt(3));
        } else {
            int units = random.nextInt(3);
            packet.put((byte) units).put(new byte[6 + 8 * units]);
        }
    }

    /** Returns a packet as it comes from a TUN, whose virtio header may be that of a super-packet, or a lie. */
    byte[] withVirtioHeader(byte[] packet) {
        ByteBuffer all = ByteBuffer.allocate(VirtioHeader.SIZE + packet.length).order(ByteOrder.nativeOrder());
        all.put(VirtioHeader.SIZE, packet);
        int protocol = packet.length < 20 ? 0 : packet[0] >> 4 == 6 ? packet[6] : packet[9];
        if ((protocol == TCP || protocol == UDP) && random.nextBoolean()) {
            describe(all, packet, protocol);
        }
        for (int i = random.nextInt(3) == 0 ? random.nextInt(1, 4) : 0; i > 0; i--) {
            int value = random.nextBoolean() ? random.nextInt(8) : random.nextInt(256);
            all.put(random.nextInt(VirtioHeader.SIZE), (byte) value);
        }
        int length = random.nextInt(20) == 0 ? random.nextInt(1, all.capacity() + 1) : all.capacity();
        return Arrays.copyOf(all.array(), length);
    }

    private void describe(ByteBuffer all, byte[] packet, int protocol) {
        boolean ipv4 = packet[0] >> 4 != 6;
        int transport = ipv4 ? (packet[0] & 0xf) * 4 : 40;
        all.put(VirtioHeader.FLAGS, (byte) VirtioHeader.NEEDS_CHECKSUM);
        all.putShort(VirtioHeader.CHECKSUM_START, (short) transport);
        all.putShort(VirtioHeader.CHECKSUM_OFFSET, (short) (protocol == TCP ? 16 : 6));
        if (random.nextBoolean()) {
            int type = ipv4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
            all.put(VirtioHeader.GSO_TYPE, (byte) (protocol == TCP ? type : VirtioHeader.GSO_UDP));
            all.putShort(VirtioHeader.GSO_SIZE, (short) (random.nextInt(5) == 0 ? random.nextInt(9) : 60));
            all.putShort(VirtioHeader.HEADER_LENGTH, (short) random.nextInt(100));
        }
    }

    /** Returns a packet changed in a place or two, mostly in its headers. */
    byte[] damaged(byte[] packet) {
        byte[] result = packet.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            result = damagedOnce(result);
        }
        return result;
    }

    private byte[] damagedOnce(byte[] packet) {
        if (packet.length == 0) {
            return new byte[random.nextInt(3)];
        }
        int at = random.nextInt(Math.min(packet.length, random.nextInt(1, 130)));
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(packet, random.nextInt(packet.length + 1));
            }
            case 1 -> {
                return Arrays.copyOf(packet, packet.length + random.nextInt(40));
            }
            case 2 -> packet[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> packet[at] = (byte) EDGES[random.nextInt(EDGES.length)];
            case 4 -> lie(packet);
            default -> putShort(packet, at & -2, EDGES[random.nextInt(EDGES.length)]);
        }
        return packet;
    }

    /** Changes where a length, a protocol or an address is. */
    private void lie(byte[] packet) {
        int near = packet.length + random.nextInt(-24, 25);
        switch (random.nextInt(6)) {
            case 0 -> putShort(packet, 2, near);
            case 1 -> putShort(packet, 4, near - 40);
            case 2 -> packet[0] = (byte) random.nextInt(256);
            case 3 -> putShort(packet, 6, random.nextInt(0x1_0000));
            case 4 -> mapped(packet, random.nextBoolean() ? 8 : 24);
            default -> {
                if (packet.length > 9) {
                    packet[random.nextBoolean() ? 9 : 6] = (byte) PROTOCOLS[random.nextInt(PROTOCOLS.length)];
                }
            }
        }
    }

    /** Has an IPv6 address stand for an IPv4 one. */
    private static void mapped(byte[] packet, int at) {
        if (packet.length >= at + 16) {
            Arrays.fill(packet, at, at + 10, (byte) 0);
            Arrays.fill(packet, at + 10, at + 12, (byte) 0xff);
        }
    }

    private static void putShort(byte[] packet, int at, int value) {
        if (at + 2 <= packet.length) {
            packet[at] = (byte) (value >> 8);
            packet[at + 1] = (byte) value;
        }
    }
}
