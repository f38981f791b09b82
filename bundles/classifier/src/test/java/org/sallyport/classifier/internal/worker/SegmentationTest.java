package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.tun.VirtioHeader;

/** Super-packets go in on one side and come out on the other, cut, sealed, opened and joined. */
class SegmentationTest {
    private static final int SPI = 4242;

    enum Mode {
        TUNNEL,
        TRANSPORT,
        /** Transport mode, and the receiver knows other addresses than the sender. */
        TRANSLATED
    }

    @Property(tries = 400)
    void aStreamComesOutAsItWentIn(
            @ForAll Mode mode,
            @ForAll boolean ipv4,
            @ForAll boolean tcp,
            @ForAll @IntRange(min = 1, max = 60_000) int payload,
            @ForAll @IntRange(min = 500, max = 1360) int segment,
            @ForAll @IntRange(max = 3) int options,
            @ForAll long seed) {
        byte[] packet = superPacket(ipv4, tcp, payload, tcp ? options * 4 : 0, seed);
        int transport = ipv4 ? 20 : 40;
        byte[] header = new byte[VirtioHeader.SIZE];
        header[VirtioHeader.FLAGS] = VirtioHeader.NEEDS_CHECKSUM;
        if (payload > segment) {
            header[VirtioHeader.GSO_TYPE] = (byte) type(ipv4, tcp);
            put(header, VirtioHeader.GSO_SIZE, segment);
        }
        put(header, VirtioHeader.CHECKSUM_START, transport);
        put(header, VirtioHeader.CHECKSUM_OFFSET, tcp ? 16 : 6);
        int segments = (payload + segment - 1) / segment;
        try (Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench in = new Bench(null)) {
            out.sendBy(sending(mode, packet, ipv4));
            in.receiveBy(receiving(mode, packet, ipv4));
            out.sendWithHeader(Bench.concat(header, packet));
            assertThat(out.dropped()).isZero();
            assertThat(out.socket.sent).hasSize(segments);

            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            out.socket.sent.forEach(joined::writeBytes);
            checkEachSegment(out, mode, packet, tcp, segment);
            if (joined.size() <= 65_000) {
                in.receive(joined.toByteArray(), out.socket.sent.getFirst().length);
            } else {
                out.socket.sent.forEach(in::receive);
            }
            assertThat(in.dropped()).isZero();
            assertThat(payloads(in, transport, tcp))
                    .isEqualTo(Arrays.copyOfRange(packet, packet.length - payload, packet.length));
        }
    }

    /** Every segment is a right packet by itself: an independent computation of its checksums comes to zero. */
    private static void checkEachSegment(Bench out, Mode mode, byte[] whole, boolean tcp, int segment) {
        boolean ipv4 = whole[0] >> 4 == 4;
        try (Bench single = new Bench(null)) {
            single.receiveBy(receiving(mode, whole, ipv4));
            for (byte[] sent : out.socket.sent) {
                single.receive(sent);
            }
            long sequence = -1;
            for (int i = 0; i < single.tun.written.size(); i++) {
                byte[] packet = single.delivered(i);
                int transport = ipv4 ? 20 : 40;
                int length = ipv4 ? number(packet, 2, 2) : number(packet, 4, 2) + 40;
                assertThat(length).isEqualTo(packet.length);
                if (ipv4) {
                    assertThat(onesComplement(packet, 0, 20, 0)).isEqualTo(0xffff);
                    assertThat(number(packet, 4, 2)).isEqualTo(mode == Mode.TUNNEL ? (0xfffe + i) & 0xffff : 0);
                }
                int from = ipv4 ? 12 : 8;
                int pseudo = onesComplement(packet, from, transport, (tcp ? 6 : 17) + packet.length - transport);
                assertThat(onesComplement(packet, transport, packet.length, pseudo))
                        .isEqualTo(0xffff);
                if (tcp) {
                    boolean last = i == single.tun.written.size() - 1;
                    assertThat(packet[transport + 13] & 0x08).isEqualTo(last ? 8 : 0);
                    long number = Integer.toUnsignedLong(number(packet, transport + 4, 4));
                    assertThat(sequence == -1 || number == ((sequence + segment) & 0xffff_ffffL))
                            .isTrue();
                    sequence = number;
                } else {
                    assertThat(number(packet, transport + 4, 2)).isEqualTo(packet.length - transport);
                }
            }
        }
    }

    private static Slots.Sa sending(Mode mode, byte[] packet, boolean ipv4) {
        Slots.Sa sa = Slots.Sa.of(SPI, SaDirection.OUTBOUND);
        HostPair hosts = new HostPair(address(packet, ipv4, false), address(packet, ipv4, true));
        return mode == Mode.TUNNEL ? sa : sa.transporting(hosts);
    }

    private static Slots.Sa receiving(Mode mode, byte[] packet, boolean ipv4) {
        Slots.Sa sa = Slots.Sa.of(SPI, SaDirection.INBOUND);
        HostPair original = new HostPair(address(packet, ipv4, false), address(packet, ipv4, true)).reversed();
        HostPair translated = new HostPair(
                Addresses.parse(ipv4 ? "192.0.2.1" : "2001:db8::1"),
                Addresses.parse(ipv4 ? "203.0.113.200" : "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
        return switch (mode) {
            case TUNNEL -> sa;
            case TRANSPORT -> sa.transporting(original);
            case TRANSLATED -> sa.transporting(translated).seenAs(original);
        };
    }

    private static InetAddress address(byte[] packet, boolean ipv4, boolean destination) {
        int length = ipv4 ? 4 : 16;
        int from = (ipv4 ? 12 : 8) + (destination ? length : 0);
        return Addresses.of(Arrays.copyOfRange(packet, from, from + length));
    }

    private static byte[] payloads(Bench in, int transport, boolean tcp) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < in.tun.written.size(); i++) {
            byte[] packet = in.delivered(i);
            int headers = transport + (tcp ? ((packet[transport + 12] & 0xff) >> 4) * 4 : 8);
            all.write(packet, headers, packet.length - headers);
        }
        return all.toByteArray();
    }

    private static byte[] superPacket(boolean ipv4, boolean tcp, int payload, int options, long seed) {
        int transport = ipv4 ? 20 : 40;
        int headers = transport + (tcp ? 20 + options : 8);
        byte[] packet = new byte[headers + payload];
        new Random(seed).nextBytes(packet);
        if (ipv4) {
            packet[0] = 0x45;
            set(packet, 2, packet.length, 2);
            set(packet, 4, 0xfffe, 2);
            set(packet, 6, 0x4000, 2);
            packet[9] = (byte) (tcp ? 6 : 17);
            set(packet, 10, 0, 2);
            set(packet, 10, ~onesComplement(packet, 0, 20, 0) & 0xffff, 2);
        } else {
            packet[0] = 0x60;
            set(packet, 4, packet.length - 40, 2);
            packet[6] = (byte) (tcp ? 6 : 17);
        }
        if (tcp) {
            packet[transport + 12] = (byte) (((20 + options) / 4) << 4);
            packet[transport + 13] = 0x18;
        } else {
            set(packet, transport + 4, packet.length - transport, 2);
        }
        int pseudo = onesComplement(packet, ipv4 ? 12 : 8, transport, (tcp ? 6 : 17) + packet.length - transport);
        set(packet, transport + (tcp ? 16 : 6), pseudo, 2);
        return packet;
    }

    private static int type(boolean ipv4, boolean tcp) {
        if (!tcp) {
            return VirtioHeader.GSO_UDP;
        }
        return ipv4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
    }

    private static void put(byte[] header, int at, int value) {
        header[at] = (byte) value;
        header[at + 1] = (byte) (value >> 8);
    }

    private static void set(byte[] packet, int at, int value, int octets) {
        for (int i = 0; i < octets; i++) {
            packet[at + i] = (byte) (value >> (8 * (octets - 1 - i)));
        }
    }

    private static int number(byte[] packet, int at, int octets) {
        int value = 0;
        for (int i = 0; i < octets; i++) {
            value = value << 8 | (packet[at + i] & 0xff);
        }
        return value;
    }

    private static int onesComplement(byte[] data, int from, int to, int begin) {
        int sum = begin;
        for (int i = from; i < to; i += 2) {
            sum += ((data[i] & 0xff) << 8) + (i + 1 < to ? data[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }

    @net.jqwik.api.Example
    void aHeaderThatLiesIsCounted() {
        try (Bench out = new Bench(FixedPolicies.of(Action.PROTECT))) {
            out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            byte[] packet = superPacket(true, true, 3000, 0, 1);
            byte[] header = new byte[VirtioHeader.SIZE];
            header[VirtioHeader.GSO_TYPE] = VirtioHeader.GSO_TCPV6;
            put(header, VirtioHeader.GSO_SIZE, 1000);
            out.sendWithHeader(Bench.concat(header, packet));
            header[VirtioHeader.GSO_TYPE] = VirtioHeader.GSO_TCPV4;
            put(header, VirtioHeader.GSO_SIZE, 0);
            out.sendWithHeader(Bench.concat(header, packet));
            assertThat(out.socket.sent).isEmpty();
            assertThat(out.dropped(DropReason.MALFORMED_INNER)).isEqualTo(2);
        }
    }
}
