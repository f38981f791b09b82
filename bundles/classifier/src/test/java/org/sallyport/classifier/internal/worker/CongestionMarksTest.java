package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.packet.TunnelEcnTest;
import org.sallyport.linux.tun.VirtioHeader;

/** ECN fields on both ways of a worker: copied out, combined on the way in (RFC 6040). */
class CongestionMarksTest {
    private static final int SPI = 6040;
    private static final int CE = 3;
    private static final int ECT_0 = 2;
    private static final int CWR = 0x80;
    private static final int ACK_AND_PUSH = 0x18;

    private final List<Bench> benches = new ArrayList<>();

    @AfterEach
    void close() {
        benches.forEach(Bench::close);
    }

    private Bench bench() {
        Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
        benches.add(bench);
        return bench;
    }

    /** Every cell with every DSCP inside. */
    @ParameterizedTest
    @MethodSource("org.sallyport.classifier.internal.packet.TunnelEcnTest#figure")
    void aPacketGoesOnAsTheFigureSays(TunnelEcnTest.Cell cell) {
        for (boolean ipv4 : new boolean[] {true, false}) {
            Bench out = bench();
            Bench in = bench();
            out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            InstalledSa sa = in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            int passed = 0;
            for (int dscp = 0; dscp < 64; dscp++) {
                byte[] sent = udp(ipv4, dscp << 2 | cell.inner());
                out.send(sent);
                assertThat(out.socket.sentClasses.getLast() & 3).isEqualTo(cell.inner());
                byte[] esp = out.socket.sent.getLast();
                // whatever DSCP a router writes, the inner one stays (RFC 4301 section 5.1.2.1)
                in.receive(esp, esp.length, (63 - dscp) << 2 | cell.outer());
                if (cell.leaving() >= 0) {
                    assertThat(in.delivered(passed++)).isEqualTo(udp(ipv4, dscp << 2 | cell.leaving()));
                }
            }
            assertThat(in.tun.written).hasSize(passed);
            assertThat(in.dropped()).isEqualTo(64 - passed);
            assertThat(in.dropped(DropReason.CONGESTION)).isEqualTo(64 - passed);
            assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(passed);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 1", "true, 2", "true, 3", "false, 0", "false, 1", "false, 2", "false, 3"})
    void everySegmentOfASuperPacketHasItsEcnField(boolean ipv4, int ecn) {
        Bench out = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        out.sendWithHeader(superPacket(ipv4, 0xb8 | ecn, 10_000, 1000, ACK_AND_PUSH));
        assertThat(out.dropped()).isZero();
        assertThat(out.socket.sentClasses).hasSize(10).allMatch(c -> (c & 3) == ecn);
    }

    /** Who reduced its window says so once (RFC 3168 section 6.1.2). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cwrIsInTheFirstSegmentAlone(boolean ipv4) {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        out.sendWithHeader(superPacket(ipv4, ECT_0, 4000, 1000, ACK_AND_PUSH | CWR));
        in.receive(joined(out.socket.sent), out.socket.sent.getFirst().length, ECT_0);
        int flags = (ipv4 ? 20 : 40) + 13;
        assertThat(in.tun.written).hasSize(2);
        assertThat(in.delivered(0)[flags] & CWR).isEqualTo(CWR);
        assertThat(in.delivered(1)[flags] & CWR).isZero();
        assertThat(in.delivered(1)).hasSize((ipv4 ? 40 : 60) + 3000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void segmentsThatOffloadJoinedAreAllMarkedAndJoinedAgain(boolean ipv4) {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        out.sendWithHeader(superPacket(ipv4, ECT_0, 10_000, 1000, ACK_AND_PUSH));
        in.receive(joined(out.socket.sent), out.socket.sent.getFirst().length, CE);
        assertThat(in.tun.written).hasSize(1);
        assertThat(ecn(in.delivered(0), ipv4)).isEqualTo(CE);
        assertThat(in.delivered(0)).hasSize((ipv4 ? 40 : 60) + 10_000);
        if (ipv4) {
            assertThat(Packets.sum(in.delivered(0), 0, 20, 0)).isEqualTo(0xffff);
        }
    }

    /** One segment that was marked is not told of its neighbours, nor lost among them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMarkedSegmentIsNotJoinedToOthers(boolean ipv4) {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        out.sendWithHeader(superPacket(ipv4, ECT_0, 10_000, 1000, ACK_AND_PUSH));
        for (int i = 0; i < 10; i++) {
            byte[] esp = out.socket.sent.get(i);
            in.socket.incoming.add(new FakeSocket.Message(esp, esp.length, i == 4 ? CE : ECT_0));
        }
        in.ingress.runBatch();
        int headers = ipv4 ? 40 : 60;
        assertThat(in.tun.written.stream().map(w -> w.length - VirtioHeader.SIZE - headers))
                .containsExactly(4000, 1000, 5000);
        assertThat(Stream.of(0, 1, 2).map(i -> ecn(in.delivered(i), ipv4))).containsExactly(ECT_0, CE, ECT_0);
    }

    /** In transport mode the header outside is the packet's own. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transportModeKeepsTheWholeOctet(boolean ipv4) {
        HostPair hosts = new HostPair(
                Addresses.parse(ipv4 ? "10.1.0.1" : "2001:db8::1"), Addresses.parse(ipv4 ? "10.2.0.1" : "2001:db8::2"));
        Bench out = bench();
        Bench in = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND).transporting(hosts));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND).transporting(hosts.reversed()));
        for (int octet = 0; octet < 256; octet++) {
            out.send(udp(ipv4, octet));
            assertThat(out.socket.sentClasses.getLast()).isEqualTo(octet);
            byte[] esp = out.socket.sent.getLast();
            in.receive(esp, esp.length, 255 - octet);
            byte[] delivered = in.delivered(octet);
            assertThat(octet(delivered, ipv4)).isEqualTo(255 - octet);
            if (ipv4) {
                assertThat(Packets.sum(delivered, 0, 20, 0)).isEqualTo(0xffff);
            }
        }
    }

    @Test
    void whatIsOutsideTheSelectorsDoesNotCountAsCongested() {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND)
                .selecting(Slots.between(new HostPair(Addresses.parse("10.9.0.1"), Addresses.parse("10.9.0.2")))));
        out.send(udp(true, 0));
        byte[] esp = out.socket.sent.getLast();
        in.receive(esp, esp.length, CE);
        assertThat(in.dropped(DropReason.SELECTORS)).isEqualTo(1);
        assertThat(in.dropped(DropReason.CONGESTION)).isZero();
    }

    private static byte[] joined(List<byte[]> datagrams) {
        return Bench.concat(datagrams.toArray(byte[][]::new));
    }

    private static int octet(byte[] packet, boolean ipv4) {
        return ipv4 ? packet[1] & 0xff : ((packet[0] & 0xf) << 4 | (packet[1] & 0xff) >> 4);
    }

    private static int ecn(byte[] packet, boolean ipv4) {
        return octet(packet, ipv4) & 3;
    }

    private static byte[] udp(boolean ipv4, int octet) {
        return Packets.ip(ipv4, octet, 17, Bench.hex("303900500010000000112233aabbccdd"));
    }

    /** A super-packet as the kernel hands it over: its checksum begun. */
    private static byte[] superPacket(boolean ipv4, int octet, int payload, int segment, int flags) {
        byte[] tcp = new byte[20 + payload];
        Arrays.fill(tcp, 20, tcp.length, (byte) 7);
        tcp[1] = 99;
        tcp[3] = 80;
        tcp[12] = 0x50;
        tcp[13] = (byte) flags;
        byte[] packet = Packets.ip(ipv4, octet, 6, tcp);
        int transport = ipv4 ? 20 : 40;
        int pseudo = Packets.sum(packet, ipv4 ? 12 : 8, transport, 6 + tcp.length);
        packet[transport + 16] = (byte) (pseudo >> 8);
        packet[transport + 17] = (byte) pseudo;
        byte[] header = new byte[VirtioHeader.SIZE];
        header[VirtioHeader.FLAGS] = VirtioHeader.NEEDS_CHECKSUM;
        header[VirtioHeader.GSO_TYPE] = (byte) (ipv4 ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_TCPV6);
        header[VirtioHeader.GSO_SIZE] = (byte) segment;
        header[VirtioHeader.GSO_SIZE + 1] = (byte) (segment >> 8);
        header[VirtioHeader.CHECKSUM_START] = (byte) transport;
        header[VirtioHeader.CHECKSUM_OFFSET] = 16;
        return Bench.concat(header, packet);
    }
}
