package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.linux.memory.RawMemory.copyIn;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.classifier.internal.packet.TunnelEcn;
import org.sallyport.classifier.internal.parking.EarlyPackets;

/** What comes before its inbound SA, which the peer knows of already. */
class ForerunnersTest {
    private static final int SPI = 4303;
    private static final Slots.Sa IN = Slots.Sa.of(SPI, SaDirection.INBOUND);

    private final Bench peer = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));

    @AfterEach
    void close() {
        peer.close();
        bench.close();
    }

    /** Returns what the peer sends: one packet for each number, which its source port shows. */
    private List<byte[]> fromPeer(int spi, int count) {
        peer.socket.sent.clear();
        InstalledSa out = peer.sendBy(Slots.Sa.of(spi, SaDirection.OUTBOUND));
        IntStream.range(0, count).forEach(number -> peer.send(packet(number, 0)));
        peer.outbound.remove(out.slot().address());
        return List.copyOf(peer.socket.sent);
    }

    private static byte[] packet(int number, int trafficClass) {
        byte[] udp = Bench.hex("0000003500100000000102030405060708".substring(0, 32));
        Packets.put(udp, 0, 1000 + number);
        return Packets.ip(true, trafficClass, 17, udp);
    }

    private List<Integer> delivered() {
        return IntStream.range(0, bench.tun.written.size())
                .mapToObj(bench::delivered)
                .map(ip -> ((ip[20] & 0xff) << 8 | (ip[21] & 0xff)) - 1000)
                .toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void waitsForItsSaAndGoesAheadOfWhatComesLater() {
        List<byte[]> sent = fromPeer(SPI, 6);
        bench.reserved.add(SPI);
        sent.subList(0, 5).forEach(bench::receive);
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.ingress.hasWork()).isFalse();

        InstalledSa sa = bench.receiveBy(IN);
        bench.reserved.remove(SPI);
        assertThat(bench.ingress.hasWork()).isTrue();
        bench.receive(sent.get(5));

        assertThat(delivered()).isEqualTo(upTo(6));
        assertThat(bench.dropped()).isZero();
        assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(6);
        assertThat(bench.early.waiting()).isFalse();
    }

    @Test
    void goesOnWithoutAFurtherPacket() {
        List<byte[]> sent = fromPeer(SPI, 3);
        bench.reserved.add(SPI);
        sent.forEach(bench::receive);
        bench.receiveBy(IN);
        bench.ingress.runBatch();
        assertThat(delivered()).isEqualTo(upTo(3));
    }

    /** The SA may come between two packets of one batch. */
    @Test
    void isLetInBeforeAPacketThatFindsTheSa() {
        bench.reserved.add(SPI);
        byte[] early = fromPeer(SPI, 1).getFirst();
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(early.length, 8).address();
            copyIn(early, 0, memory, early.length);
            assertThat(bench.early.take(SPI, memory, early.length, 3, bench.now))
                    .isTrue();
            List<Integer> arrived = new ArrayList<>();
            bench.early.letIn(SPI, (sa, at, length, trafficClass) -> arrived.add(length));
            assertThat(arrived).isEmpty();
            bench.receiveBy(IN);
            bench.early.letIn(SPI + 1, (sa, at, length, trafficClass) -> arrived.add(length));
            assertThat(arrived).isEmpty();
            bench.early.letIn(SPI, (sa, at, length, trafficClass) -> {
                assertThat(sa).isSameAs(Objects.requireNonNull(bench.inbound.find(SPI)));
                arrived.add(length * 10 + trafficClass);
            });
            assertThat(arrived).containsExactly(early.length * 10 + 3);
        }
    }

    @Test
    void anUnknownSpiThatNobodyReservedIsDroppedAtOnce() {
        fromPeer(SPI, 3).forEach(bench::receive);
        assertThat(bench.dropped(DropReason.UNKNOWN_SPI)).isEqualTo(3);
        assertThat(bench.early.waiting()).isFalse();
    }

    @Test
    void waitsASecondAndNoLonger() {
        List<byte[]> sent = fromPeer(SPI, 4);
        bench.reserved.add(SPI);
        bench.receive(sent.get(0));
        bench.now += EarlyPackets.LONGEST_NANOS - 1;
        bench.receive(sent.get(1));
        assertThat(bench.dropped()).isZero();
        bench.now += 1;
        bench.ingress.runBatch();
        assertThat(bench.dropped(DropReason.EARLY)).isEqualTo(2);
        bench.receive(sent.get(2));
        bench.receiveBy(IN);
        bench.receive(sent.get(3));
        assertThat(delivered()).containsExactly(2, 3);
    }

    @Test
    void isDroppedWhenTheReservationEnds() {
        bench.reserved.add(SPI);
        fromPeer(SPI, 4).forEach(bench::receive);
        bench.reserved.remove(SPI);
        assertThat(bench.ingress.hasWork()).isTrue();
        bench.ingress.runBatch();
        assertThat(bench.dropped(DropReason.EARLY)).isEqualTo(4);
        assertThat(bench.early.waiting()).isFalse();
    }

    @Test
    void whatIsNotGenuineOrCameTwiceIsFoundOutLater() {
        List<byte[]> sent = fromPeer(SPI, 2);
        byte[] damaged = sent.get(1).clone();
        damaged[20] ^= 1;
        bench.reserved.add(SPI);
        List.of(sent.get(0), sent.get(0), damaged, sent.get(1)).forEach(bench::receive);
        bench.receiveBy(IN);
        bench.ingress.runBatch();
        assertThat(delivered()).containsExactly(0, 1);
        assertThat(bench.dropped(DropReason.REPLAY)).isEqualTo(1);
        assertThat(bench.dropped(DropReason.INTEGRITY)).isEqualTo(1);
    }

    @Test
    void keepsTheMarkThatItCameWith() {
        peer.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        peer.send(packet(0, TunnelEcn.ECT_0));
        byte[] sent = peer.socket.sent.getFirst();
        bench.reserved.add(SPI);
        bench.receive(sent, sent.length, TunnelEcn.CE);
        bench.receiveBy(IN);
        bench.ingress.runBatch();
        assertThat(TrafficClass.ecn(bench.delivered(0)[1])).isEqualTo(TunnelEcn.CE);
    }

    @Test
    void everyBoundHoldsAndNothingIsLeftBehind() {
        byte[] large = new byte[60_000];
        for (int round = 0; round < 3; round++) {
            bench.now += EarlyPackets.LONGEST_NANOS;
            long full = bench.dropped(DropReason.EARLY_FULL);
            flood(SPI, EarlyPackets.MOST_PACKETS + 5, new byte[100]);
            assertThat(bench.dropped(DropReason.EARLY_FULL) - full).isEqualTo(5);
            bench.now += EarlyPackets.LONGEST_NANOS;
            flood(SPI, EarlyPackets.MOST_OCTETS / large.length + 10, large);
            assertThat(bench.dropped(DropReason.EARLY_FULL) - full).isGreaterThan(10);
            bench.now += EarlyPackets.LONGEST_NANOS;
            full = bench.dropped(DropReason.EARLY_FULL);
            for (int i = 0; i < EarlyPackets.MOST_SPIS + 7; i++) {
                flood(SPI + i, 1, new byte[100]);
            }
            assertThat(bench.dropped(DropReason.EARLY_FULL) - full).isEqualTo(7);
        }
        bench.early.close();
        assertThat(bench.early.waiting()).isFalse();
    }

    private void flood(int spi, int count, byte[] packet) {
        Packets.put(packet, 2, spi);
        bench.reserved.add(spi);
        for (int i = 0; i < count; i++) {
            bench.receive(packet);
        }
    }
}
