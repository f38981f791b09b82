package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.tun.VirtioHeader;

/** Packets that come before their SA wait, in order, and are answered when none comes. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // built before each test
class ParkingTest {
    private static final Slots.Sa OUT = Slots.Sa.of(700, SaDirection.OUTBOUND);
    private static final Flow FLOW = new Flow(0, 17, Addresses.parse("10.0.0.1"), 1, Addresses.parse("10.0.0.2"), 2);

    private final FakeGate gate = new FakeGate();
    private Bench bench;

    @BeforeEach
    void build() {
        bench = new Bench(
                FixedPolicies.of(Action.PROTECT),
                gate,
                new ParkingBounds(64, 256, 1 << 20, 16, Duration.ofSeconds(100)));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aFlowWaitsForTheGateAndGoesOnInOrder() {
        for (int i = 0; i < 10; i++) {
            bench.send(udp(1, i));
        }
        await(() -> gate.asked.containsKey(FLOW));
        assertThat(view()).isEqualTo(new ParkingView(1, 10, 1000, 0, 0, 0, 0));
        assertThat(bench.socket.sent).isEmpty();
        bench.sendBy(OUT);
        decide(FakeGate.PROCEED);
        bench.send(udp(1, 10));
        assertThat(marks()).isEqualTo(IntStream.range(0, 11).boxed().toList());
        assertThat(view()).isEqualTo(new ParkingView(0, 0, 0, 10, 0, 0, 0));
        assertThat(gate.asked).containsEntry(FLOW, 1);
        assertThat(bench.dropped()).isZero();
    }

    @Test
    void aFlowGoesOnWhenAnSaComesFromElsewhereAndItsHoldIsAbandoned() {
        bench.send(udp(1, 0));
        bench.send(udp(1, 1));
        await(() -> gate.held.containsKey(FLOW));
        bench.sendBy(OUT);
        bench.egress.runBatch();
        assertThat(marks()).containsExactly(0, 1);
        await(() -> gate.abandoned.contains(FLOW));
        assertThat(gate.ended).doesNotContain(FLOW);
        bench.send(udp(1, 2));
        assertThat(marks()).containsExactly(0, 1, 2);
    }

    @Test
    void aNewcomerThatFindsAnSaDoesNotOvertake() {
        bench.send(udp(1, 0));
        bench.egress.runBatch();
        bench.sendBy(OUT);
        bench.tun.outgoing.add(withHeader(udp(1, 1)));
        bench.tun.outgoing.add(withHeader(udp(1, 2)));
        bench.egress.runBatch();
        bench.egress.runBatch();
        assertThat(marks()).containsExactly(0, 1, 2);
    }

    @Test
    void superPacketsAreParkedWholeAndCutWhenTheyLeave() {
        byte[] packet = Bench.concat(udp(1, 0), new byte[2900]);
        packet[2] = (byte) (packet.length >> 8);
        packet[3] = (byte) packet.length;
        byte[] header = new byte[VirtioHeader.SIZE];
        header[VirtioHeader.GSO_TYPE] = VirtioHeader.GSO_UDP;
        header[VirtioHeader.GSO_SIZE] = (byte) 0xe8;
        header[VirtioHeader.GSO_SIZE + 1] = 3;
        bench.sendWithHeader(Bench.concat(header, packet));
        assertThat(view().octets()).isEqualTo(3000);
        bench.sendBy(OUT);
        bench.egress.runBatch();
        assertThat(bench.socket.sent).hasSize(3);
    }

    @Test
    void aRepeatedSynIsSwallowedAndAnotherIsNot() {
        bench.send(tcp(0x02, 100));
        bench.send(tcp(0x02, 100));
        bench.send(tcp(0x02, 100));
        bench.send(tcp(0x02, 101));
        assertThat(view().packets()).isEqualTo(2);
        assertThat(view().repeated()).isEqualTo(2);
        assertThat(bench.dropped()).isZero();
    }

    @Test
    void boundsOfAFlowAreCounted() {
        for (int i = 0; i < 20; i++) {
            bench.send(udp(1, i));
        }
        assertThat(view()).isEqualTo(new ParkingView(1, 16, 1600, 0, 0, 0, 4));
        assertThat(bench.dropped(DropReason.PARKING_FULL)).isEqualTo(4);
    }

    @Test
    void oneSourceGetsAQuarterAndGivesWayToOthers() {
        for (int i = 0; i < 100; i++) {
            bench.send(udp(1000 + i, 0));
        }
        assertThat(view().flows()).isEqualTo(16);
        for (int source = 10; source < 15; source++) {
            for (int i = 0; i < 16; i++) {
                byte[] packet = udp(1000 + i, 0);
                packet[15] = (byte) source;
                bench.send(packet);
            }
        }
        assertThat(view().flows()).isEqualTo(64);
        byte[] packet = udp(1, 42);
        packet[15] = 99;
        bench.send(packet);
        assertThat(view().flows()).isEqualTo(64);
        assertThat(bench.dropped(DropReason.PARKING_FULL))
                .as("who gave way, too")
                .isEqualTo(100 + 80 + 1 - 64);
        bench.sendBy(OUT);
        bench.egress.runBatch();
        assertThat(marks()).contains(42);
    }

    @Test
    void withoutAGatePacketsAreDropped() {
        try (Bench alone = new Bench(FixedPolicies.of(Action.PROTECT))) {
            alone.send(udp(1, 0));
            assertThat(alone.dropped(DropReason.NO_SA)).isEqualTo(1);
            assertThat(alone.lot.occupied()).isFalse();
        }
    }

    @Test
    void aRefusedSynIsAnsweredWithAReset() {
        bench.send(tcp(0x02, 0x01020304));
        await(() -> !gate.held.isEmpty());
        decide(FakeGate.REFUSE);
        bench.ingress.runBatch();
        byte[] reset = bench.delivered(0);
        // RFC 9293 section 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
        assertThat(HexFormat.of().formatHex(reset, 20, 36))
                .isEqualTo("0002" + "0001" + "00000000" + "01020305" + "50140000");
        assertThat(HexFormat.of().formatHex(reset, 12, 20)).isEqualTo("0a000002" + "0a000001");
        assertThat(sum(reset, 0, 20, 0)).isEqualTo(0xffff);
        assertThat(sum(reset, 12, 28, 6 + 20)).isEqualTo(0xffff);
        assertThat(view()).isEqualTo(new ParkingView(0, 0, 0, 0, 1, 0, 0));
        assertThat(bench.dropped(DropReason.NO_SA)).isEqualTo(1);
    }

    @Test
    void aRefusedDatagramIsAnsweredWithUnreachableAndOnlyOnce() {
        bench.send(udp(1, 0));
        bench.send(udp(1, 1));
        await(() -> !gate.held.isEmpty());
        decide(FakeGate.REFUSE);
        bench.ingress.runBatch();
        assertThat(bench.tun.written).hasSize(1);
        byte[] error = bench.delivered(0);
        assertThat(error).hasSize(20 + 8 + 100);
        assertThat(error[20]).isEqualTo((byte) 3);
        assertThat(error[21]).isEqualTo((byte) 13);
        assertThat(sum(error, 20, error.length - 20, 0)).isEqualTo(0xffff);
        assertThat(Arrays.copyOfRange(error, 28, 128)).isEqualTo(udp(1, 0));
        assertThat(view().refused()).isEqualTo(2);
    }

    @Test
    void nobodyIsToldOfErrorsOrMulticast() {
        byte[] error = udp(1, 0);
        error[9] = 1;
        error[20] = 3;
        byte[] multicast = udp(1, 0);
        multicast[16] = (byte) 0xe0;
        byte[] handshake = tcp(0x02, 1);
        handshake[16] = (byte) 0xe0;
        bench.send(error);
        bench.send(multicast);
        bench.send(handshake);
        await(() -> gate.held.size() == 3);
        decide(FakeGate.REFUSE);
        bench.ingress.runBatch();
        assertThat(view().refused()).isEqualTo(3);
        assertThat(bench.tun.written).isEmpty();
    }

    @Test
    void whatWaitsForTooLongIsGivenUpAndItsHoldAbandoned() {
        bench.send(udp(1, 0));
        await(() -> gate.held.containsKey(FLOW));
        bench.now += Duration.ofSeconds(101).toNanos();
        bench.egress.runBatch();
        assertThat(view().refused()).isEqualTo(1);
        await(() -> gate.abandoned.contains(FLOW));
        await(() -> gate.ended.contains(FLOW));
    }

    @Test
    void aProceedWithoutAnSaIsAskedForAgainAndThenRefused() {
        bench.send(udp(1, 0));
        for (int i = 1; i <= 3; i++) {
            int times = i;
            await(() -> {
                bench.egress.runBatch();
                return gate.asked.getOrDefault(FLOW, 0) == times;
            });
            gate.all(FakeGate.PROCEED);
        }
        decide(FakeGate.PROCEED);
        assertThat(view().refused()).isEqualTo(1);
        assertThat(bench.lot.occupied()).isFalse();
    }

    @Test
    void whatIsLeftAtTheEndIsDropped() {
        bench.send(udp(1, 0));
        await(() -> gate.held.containsKey(FLOW));
        bench.lot.close();
        await(() -> gate.abandoned.contains(FLOW));
        assertThat(view()).isEqualTo(new ParkingView(0, 0, 0, 0, 1, 0, 0));
    }

    @Test
    void piecesWithoutPortsWaitUnderTheirPacket() {
        for (int id = 1; id <= 2; id++) {
            byte[] piece = udp(1, id);
            piece[5] = (byte) id;
            piece[7] = 10;
            bench.send(piece);
            bench.send(piece);
        }
        assertThat(view().flows()).isEqualTo(2);
        assertThat(view().packets()).isEqualTo(4);
    }

    /** Whoever asked hears of it a moment later. */
    private void decide(Admission outcome) {
        gate.all(outcome);
        await(() -> {
            bench.egress.runBatch();
            return !bench.lot.occupied();
        });
    }

    private ParkingView view() {
        return ParkingCounters.view(List.of(bench.parked));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** The text is in clear up to the cipher: what was sent is told by opening it. */
    private List<Integer> marks() {
        try (Bench receiver = new Bench(null)) {
            receiver.receiveBy(Slots.Sa.of(700, SaDirection.INBOUND));
            bench.socket.sent.forEach(receiver::receive);
            return IntStream.range(0, receiver.tun.written.size())
                    .mapToObj(i -> (int) receiver.delivered(i)[40])
                    .toList();
        }
    }

    private static byte[] withHeader(byte[] packet) {
        return Bench.concat(new byte[VirtioHeader.SIZE], packet);
    }

    private static byte[] udp(int sourcePort, int mark) {
        byte[] packet = HostileInputTest.packet(100);
        packet[15] = 1;
        packet[20] = (byte) (sourcePort >> 8);
        packet[21] = (byte) sourcePort;
        packet[23] = 2;
        packet[40] = (byte) mark;
        return packet;
    }

    private static byte[] tcp(int flags, int sequence) {
        byte[] packet = udp(1, 0);
        packet = Arrays.copyOf(packet, 40);
        packet[3] = 40;
        packet[9] = 6;
        for (int i = 0; i < 4; i++) {
            packet[24 + i] = (byte) (sequence >> (24 - 8 * i));
        }
        packet[32] = 0x50;
        packet[33] = (byte) flags;
        return packet;
    }

    /** The internet checksum by the book (RFC 1071), with something to begin with. */
    private static int sum(byte[] octets, int from, int length, int begin) {
        int sum = begin;
        for (int i = 0; i < length; i += 2) {
            int low = i + 1 < length ? octets[from + i + 1] & 0xff : 0;
            sum += (octets[from + i] & 0xff) << 8 | low;
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }
}
