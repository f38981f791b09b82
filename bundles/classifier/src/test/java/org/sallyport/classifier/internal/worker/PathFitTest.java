package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.OuterDf;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.OpenCipher;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tun.VirtioHeader;

/** What leaves fits its path, and who is told how long packets may be is told the most that fits (RFC 4301 section 8). */
class PathFitTest {
    private static final int SPI = 4301;
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final List<Integer> PATHS = List.of(576, 577, 600, 1279, 1280, 1281, 1300, 1419, 1420, 1492, 1500);

    /** AES-GCM, CBC with HMAC-SHA2-256 and -512, CCM with a short ICV, integrity alone. */
    private static final List<OpenCipher> CIPHERS = List.of(
            new OpenCipher(8, 4, 16),
            new OpenCipher(16, 16, 16),
            new OpenCipher(16, 16, 32),
            new OpenCipher(8, 4, 8),
            new OpenCipher(0, 4, 16));

    private record Setting(boolean outerIpv4, boolean transport, boolean innerIpv4, OpenCipher cipher) {
        int header() {
            return transport ? innerIpv4 ? 20 : 40 : 0;
        }

        /** Octets on the wire of a packet of this length, by RFC 4303 section 2 in UDP (RFC 3948). */
        int outer(int packet) {
            int text = packet - header() + 2;
            while (text % cipher.alignment() != 0) {
                text++;
            }
            return wire(8 + cipher.ivLength() + text + cipher.icvLength());
        }

        int wire(int datagram) {
            return (outerIpv4 ? 20 : 40) + 8 + datagram;
        }

        int longest(int path) {
            int packet = path;
            while (outer(packet) > path) {
                packet--;
            }
            return packet;
        }
    }

    private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
    private InstalledSa sa = Slots.fill(Slots.Sa.of(SPI, SaDirection.OUTBOUND), bench.slot());

    @AfterEach
    void close() {
        bench.close();
    }

    static Stream<Arguments> settings() {
        List<Arguments> all = new ArrayList<>();
        for (OpenCipher cipher : CIPHERS) {
            for (boolean outerIpv4 : new boolean[] {true, false}) {
                for (boolean innerIpv4 : new boolean[] {true, false}) {
                    all.add(arguments(new Setting(outerIpv4, false, innerIpv4, cipher)));
                }
                all.add(arguments(new Setting(outerIpv4, true, outerIpv4, cipher)));
            }
        }
        return all.stream();
    }

    private void install(Setting setting) {
        String ours = setting.outerIpv4() ? "192.0.2.1" : "2001:db8::1";
        String theirs = setting.outerIpv4() ? "192.0.2.2" : "2001:db8::2";
        Slots.Sa wanted = Slots.Sa.of(SPI, SaDirection.OUTBOUND).between(ours, theirs);
        if (setting.transport()) {
            wanted = wanted.transporting(
                    setting.innerIpv4()
                            ? new HostPair(Addresses.parse("10.1.0.1"), Addresses.parse("10.2.0.1"))
                            : new HostPair(Addresses.parse("2001:db8::1"), Addresses.parse("2001:db8::2")));
        }
        install(wanted, setting.cipher());
    }

    private void install(Slots.Sa wanted, PacketAead cipher) {
        sa = Slots.fill(wanted, bench.slot());
        bench.outbound.add(new OutboundSa(sa, new SpiKey(IpsecProtocol.ESP, SPI + 1), 0, cipher, s -> {}));
    }

    private void path(int mtu) {
        sa.slot().set(JAVA_INT, SaSlotLayout.PATH_MTU_KNOWN, mtu);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySizeAroundTheBoundary(Setting setting) {
        install(setting);
        for (int path : PATHS) {
            if (path < 1280 && !setting.outerIpv4()) {
                continue;
            }
            path(path);
            int longest = setting.longest(path);
            for (int size = longest - 20; size <= longest + 20; size++) {
                staysWhole(setting, path, size, longest);
                if (setting.innerIpv4()) {
                    isFragmented(setting, path, size, longest);
                }
            }
            isFragmented(setting, path, 4000, longest);
        }
    }

    private void staysWhole(Setting setting, int path, int size, int longest) {
        byte[] packet = udp(setting.innerIpv4(), true, size);
        send(packet);
        boolean anyway = !setting.innerIpv4() && size <= 1280;
        if (size > longest && !anyway) {
            assertThat(bench.socket.sent).isEmpty();
            int told = setting.innerIpv4() ? longest : Math.max(longest, 1280);
            assertThat(mtuOf(answer(), packet, setting.innerIpv4())).isEqualTo(told);
            return;
        }
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.socket.sent).hasSize(1);
        assertThat(bench.socket.sentWhole.getFirst())
                .as("%s of %d on %d", setting, size, path)
                .isEqualTo(size <= longest);
        assertThat(setting.wire(bench.socket.sent.getFirst().length) <= path).isEqualTo(size <= longest);
    }

    private void isFragmented(Setting setting, int path, int size, int longest) {
        if (!setting.innerIpv4()) {
            return;
        }
        byte[] packet = udp(true, false, size);
        send(packet);
        assertThat(bench.tun.written).isEmpty();
        if (setting.transport() || size <= longest) {
            assertThat(bench.socket.sent).hasSize(1);
            assertThat(bench.socket.sentWhole.getFirst())
                    .as("an IPv6 path has no DF, and its routers do not fragment")
                    .isEqualTo(!setting.outerIpv4());
            return;
        }
        assertThat(bench.socket.sent).hasSizeGreaterThan(1).allMatch(datagram -> setting.wire(datagram.length) <= path);
        assertThat(reassembled(bench.socket.sent, setting.cipher())).isEqualTo(packet);
    }

    @ParameterizedTest
    @CsvSource({
        "COPY, true, true, true",
        "COPY, true, false, false",
        "COPY, false, true, true",
        "SET, true, false, true",
        "CLEAR, true, true, false",
        "CLEAR, false, true, false"
    })
    void dfIsWhatPolicySays(OuterDf df, boolean ipv4, boolean inner, boolean outer) {
        install(new Setting(true, false, true, CIPHERS.getFirst()));
        int written =
                switch (df) {
                    case COPY -> SaSlotLayout.DF_COPIED;
                    case SET -> SaSlotLayout.DF_SET;
                    case CLEAR -> SaSlotLayout.DF_CLEARED;
                };
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DF, written);
        send(udp(ipv4, inner, 100));
        assertThat(bench.socket.sentWhole).containsExactly(outer);
    }

    /** DF of the outer header is one thing, and what is not to be fragmented another. */
    @Test
    void whatIsNotToBeFragmentedIsRefusedWhateverTheOuterHeaderSays() {
        install(new Setting(true, false, true, CIPHERS.getFirst()));
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DF, SaSlotLayout.DF_CLEARED);
        path(1300);
        send(udp(true, true, 1400));
        assertThat(bench.socket.sent).isEmpty();
        assertThat(bench.dropped(DropReason.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void inTransportModeThePacketsOwnBitCounts() {
        install(new Setting(true, true, true, CIPHERS.getFirst()));
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DF, SaSlotLayout.DF_SET);
        send(udp(true, false, 100));
        assertThat(bench.socket.sentWhole).containsExactly(false);
        send(udp(true, true, 100));
        assertThat(bench.socket.sentWhole).containsExactly(true);
    }

    /** Anybody may send us ICMP that says so (RFC 4301 section 8.2.1): the kernel may fragment what is sent then. */
    @ParameterizedTest
    @ValueSource(ints = {1, 68, 552, 575})
    void nobodyIsBelievedThatAPathTakesLessThanEveryHostDoes(int mtu) {
        Setting setting = new Setting(true, false, true, CIPHERS.getFirst());
        install(setting);
        path(mtu);
        int longest = setting.longest(576);
        send(udp(true, true, longest));
        assertThat(bench.socket.sentWhole).containsExactly(false);
        byte[] packet = udp(true, true, longest + 1);
        send(packet);
        assertThat(mtuOf(answer(), packet, true)).isEqualTo(longest);
    }

    @Test
    void aPathThatIsNotKnownTakesEverything() {
        install(new Setting(true, false, true, CIPHERS.getFirst()));
        sa.slot().set(JAVA_INT, SaSlotLayout.PATH_MTU, 0);
        send(udp(true, true, 9000));
        assertThat(bench.socket.sent).hasSize(1);
    }

    @Test
    void withoutUdpThereIsRoomForEightMore() {
        install(new Setting(true, false, true, new OpenCipher(8, 4, 16)));
        path(1300);
        send(udp(true, true, 1239));
        assertThat(bench.socket.sent).isEmpty();
        FakeSocket raw = new FakeSocket();
        bench.egress.carryRaw(RawProtocol.ESP, Family.IPV4, raw);
        Slots.rawPath(sa.slot(), "192.0.2.1", "192.0.2.2");
        path(1300);
        send(udp(true, true, 1246));
        assertThat(raw.sent).hasSize(1);
        assertThat(raw.sent.getFirst().length + 20).isEqualTo(1300);
        send(udp(true, true, 1247));
        assertThat(raw.sent).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuperPacketIsJudgedByItsSegmentsAndAnsweredOnce(boolean ipv4) {
        Setting setting = new Setting(true, false, ipv4, CIPHERS.getFirst());
        install(setting);
        path(1400);
        int headers = ipv4 ? 40 : 60;
        int fitting = setting.longest(1400) - headers;
        send(superPacket(ipv4, true, TCP, fitting, 10 * fitting));
        assertThat(bench.socket.sent).hasSize(10).allMatch(datagram -> setting.wire(datagram.length) <= 1400);
        byte[] tooLong = superPacket(ipv4, true, TCP, fitting + 1, 10 * fitting);
        send(tooLong);
        assertThat(bench.socket.sent).isEmpty();
        byte[] packet = Arrays.copyOfRange(tooLong, VirtioHeader.SIZE, tooLong.length);
        assertThat(mtuOf(answer(), packet, ipv4)).isEqualTo(fitting + headers);
    }

    @Test
    void segmentsThatMayBeFragmentedAre() {
        Setting setting = new Setting(true, false, true, CIPHERS.getFirst());
        install(setting);
        path(1000);
        send(superPacket(true, false, UDP, 1200, 3000));
        assertThat(bench.socket.sent).hasSize(5).allMatch(datagram -> setting.wire(datagram.length) <= 1000);
        for (int i = 0; i < 2; i++) {
            byte[] segment = reassembled(bench.socket.sent.subList(2 * i, 2 * i + 2), setting.cipher());
            assertThat(segment).hasSize(1228);
            assertThat(Packets.sum(segment, 12, 1228, UDP + 1208)).isEqualTo(0xffff);
        }
        assertThat(text(bench.socket.sent.get(4), setting.cipher())).hasSize(628);
    }

    @Test
    void aFragmentThatIsTooLongIsFragmentedAgain() {
        Setting setting = new Setting(true, false, true, CIPHERS.getFirst());
        install(setting);
        path(700);
        byte[] whole = udp(true, false, 2000);
        byte[] first = Arrays.copyOf(whole, 20 + 1200);
        header(first, 0x2000);
        byte[] second = Bench.concat(Arrays.copyOf(whole, 20), Arrays.copyOfRange(whole, 20 + 1200, 2000));
        header(second, 1200 / 8);
        List<byte[]> pieces = new ArrayList<>();
        send(first);
        pieces.addAll(bench.socket.sent);
        send(second);
        pieces.addAll(bench.socket.sent);
        assertThat(pieces).hasSize(4).allMatch(datagram -> setting.wire(datagram.length) <= 700);
        assertThat(reassembled(pieces, setting.cipher())).isEqualTo(whole);
    }

    @Test
    void theSourceIsToldAsOftenAsOfOtherRefusals() {
        install(new Setting(true, false, true, CIPHERS.getFirst()));
        path(600);
        for (int i = 0; i < 500; i++) {
            bench.send(udp(true, true, 1400));
            bench.ingress.runBatch();
        }
        assertThat(bench.tun.written).hasSize(50);
        assertThat(bench.dropped(DropReason.TOO_LONG)).isEqualTo(500);
    }

    @Test
    void nobodyIsToldOfAnIcmpError() {
        install(new Setting(true, false, true, CIPHERS.getFirst()));
        path(600);
        byte[] error = Packets.ip(true, 0, 1, Bench.concat(new byte[] {3, 1, 0, 0, 0, 0, 0, 0}, new byte[1300]));
        send(error);
        assertThat(bench.socket.sent).isEmpty();
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.dropped(DropReason.TOO_LONG)).isEqualTo(1);
    }

    /** A packet that no SA covers never hears of a path. */
    @Test
    void whoIsNotProtectedHearsNothing() {
        Slots.Sa narrow = Slots.Sa.of(SPI, SaDirection.OUTBOUND)
                .selecting(Slots.between(new HostPair(Addresses.parse("10.1.0.9"), Addresses.parse("10.2.0.1"))));
        install(narrow, CIPHERS.getFirst());
        path(600);
        send(udp(true, true, 1400));
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.dropped(DropReason.TOO_LONG)).isZero();
    }

    private void send(byte[] packet) {
        bench.socket.sent.clear();
        bench.socket.sentWhole.clear();
        bench.tun.written.clear();
        bench.now += 1_000_000_000L;
        boolean bare = packet[0] >> 4 == 4 || packet[0] >> 4 == 6;
        bench.sendWithHeader(bare ? Bench.concat(new byte[VirtioHeader.SIZE], packet) : packet);
        bench.ingress.runBatch();
    }

    private byte[] answer() {
        assertThat(bench.tun.written).hasSize(1);
        return bench.delivered(0);
    }

    /** Reads RFC 1191's and RFC 4443's messages, and compares all else that is in them. */
    private static int mtuOf(byte[] icmp, byte[] about, boolean ipv4) {
        int at = ipv4 ? 20 : 40;
        assertThat(icmp[at]).isEqualTo((byte) (ipv4 ? 3 : 2));
        assertThat(icmp[at + 1]).isEqualTo((byte) (ipv4 ? 4 : 0));
        int from = ipv4 ? 12 : 8;
        int size = ipv4 ? 4 : 16;
        assertThat(Arrays.copyOfRange(icmp, from + size, from + 2 * size))
                .isEqualTo(Arrays.copyOfRange(about, from, from + size));
        assertThat(icmp).hasSize(Math.min(ipv4 ? 576 : 1280, at + 8 + about.length));
        assertThat(Arrays.copyOfRange(icmp, at + 8, icmp.length)).isEqualTo(Arrays.copyOf(about, icmp.length - at - 8));
        assertThat(Packets.sum(icmp, ipv4 ? 20 : 8, icmp.length, ipv4 ? 0 : 58 + icmp.length - 40))
                .isEqualTo(0xffff);
        return number(icmp, at + 6);
    }

    private static int number(byte[] packet, int at) {
        return ((packet[at] & 0xff) << 8) + (packet[at + 1] & 0xff);
    }

    private static byte[] udp(boolean ipv4, boolean df, int size) {
        byte[] payload = new byte[size - (ipv4 ? 20 : 40)];
        new Random(size).nextBytes(payload);
        Packets.put(payload, 4, payload.length);
        byte[] packet = Packets.ip(ipv4, 0, UDP, payload);
        if (ipv4) {
            header(packet, df ? 0x4000 : 0);
        }
        return packet;
    }

    /** Writes length, what is about fragments, and checksum. */
    private static void header(byte[] packet, int fragmentation) {
        Packets.put(packet, 2, packet.length);
        Packets.put(packet, 6, fragmentation);
        Packets.put(packet, 10, 0);
        Packets.put(packet, 10, ~Packets.sum(packet, 0, 20, 0));
    }

    private static byte[] superPacket(boolean ipv4, boolean df, int protocol, int segment, int payload) {
        byte[] transport = new byte[(protocol == TCP ? 20 : 8) + payload];
        if (protocol == TCP) {
            transport[12] = 0x50;
            transport[13] = 0x10;
        }
        byte[] packet = Packets.ip(ipv4, 0, protocol, transport);
        if (ipv4) {
            header(packet, df ? 0x4000 : 0);
        }
        byte[] header = new byte[VirtioHeader.SIZE];
        int tcp = ipv4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6;
        header[VirtioHeader.GSO_TYPE] = (byte) (protocol == TCP ? tcp : VirtioHeader.GSO_UDP);
        header[VirtioHeader.GSO_SIZE] = (byte) segment;
        header[VirtioHeader.GSO_SIZE + 1] = (byte) (segment >> 8);
        return Bench.concat(header, packet);
    }

    /** What was sealed, without ESP's header, padding, trailer and ICV. */
    private static byte[] text(byte[] datagram, PacketAead cipher) {
        int end = datagram.length - cipher.icvLength() - 2;
        int padding = datagram[end] & 0xff;
        return Arrays.copyOfRange(datagram, 8 + cipher.ivLength(), end - padding);
    }

    /** Puts fragments together as RFC 791 section 3.2 has it, in whatever order they are. */
    private static byte[] reassembled(List<byte[]> datagrams, PacketAead cipher) {
        byte[] whole = new byte[65_535];
        int length = 0;
        int there = 0;
        for (byte[] datagram : datagrams) {
            byte[] piece = text(datagram, cipher);
            assertThat(Packets.sum(piece, 0, 20, 0)).isEqualTo(0xffff);
            assertThat(number(piece, 2)).isEqualTo(piece.length);
            int field = number(piece, 6);
            int offset = (field & 0x1fff) * 8;
            System.arraycopy(piece, 20, whole, 20 + offset, piece.length - 20);
            there += piece.length - 20;
            if (offset == 0) {
                System.arraycopy(piece, 0, whole, 0, 20);
            }
            if ((field & 0x2000) == 0) {
                length = 20 + offset + piece.length - 20;
            } else {
                assertThat((piece.length - 20) % 8).isZero();
            }
        }
        assertThat(there).isEqualTo(length - 20);
        byte[] result = Arrays.copyOf(whole, length);
        header(result, 0);
        return result;
    }
}
