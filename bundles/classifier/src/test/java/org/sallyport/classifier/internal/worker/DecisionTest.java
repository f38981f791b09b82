package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.linux.memory.RawMemory;

/** Which SA a packet goes by, and what happens to those that go by none. */
class DecisionTest {
    private static final Slots.Sa OUT = Slots.Sa.of(700, SaDirection.OUTBOUND);
    private static final Slots.Sa IN = Slots.Sa.of(700, SaDirection.INBOUND);

    @Test
    void withoutAnSaThePacketIsCountedAndNotSent() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            assertThat(bench.dropped(DropReason.NO_SA)).isEqualTo(1);
            bench.sendBy(OUT);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            assertThat(bench.socket.sent).hasSize(1);
        }
    }

    @Test
    void bypassDiscardAndNoPolicyNeverLeaveHere() {
        for (Action action : new Action[] {Action.BYPASS, Action.DISCARD}) {
            try (Bench bench = new Bench(FixedPolicies.of(action))) {
                bench.sendBy(OUT);
                bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
                assertThat(bench.socket.sent).isEmpty();
                assertThat(bench.dropped(
                                action == Action.BYPASS ? DropReason.POLICY_BYPASS : DropReason.POLICY_DISCARD))
                        .isEqualTo(1);
            }
        }
        try (Bench bench = new Bench(null)) {
            bench.sendBy(OUT);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            assertThat(bench.dropped(DropReason.NO_POLICY)).isEqualTo(1);
        }
    }

    @Test
    void theNewestSaWhoseSelectorsHoldTheFlowIsTaken() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            bench.sendBy(OUT);
            InstalledSa narrow =
                    bench.sendBy(Slots.Sa.of(800, SaDirection.OUTBOUND).selecting(remote("10.0.0.2", 53)));
            bench.send(udp("10.0.0.1", "10.0.0.2", 4000, 53));
            bench.send(udp("10.0.0.1", "10.0.0.2", 4000, 54));
            bench.send(udp("10.0.0.1", "10.0.0.3", 4000, 53));
            assertThat(spis(bench)).containsExactly(800, 700, 700);
            bench.outbound.remove(narrow.slot().address());
            bench.send(udp("10.0.0.1", "10.0.0.2", 4000, 53));
            assertThat(spis(bench)).containsExactly(800, 700, 700, 700);
        }
    }

    @Test
    void aBindingSendsItsFlowByItsLineageWhateverPolicySays() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.DISCARD))) {
            bench.sendBy(OUT);
            Flow flow = new Flow(0, 17, Addresses.parse("10.0.0.1"), 1000, Addresses.parse("10.0.0.2"), 53);
            byte[] packet = udp("10.0.0.1", "10.0.0.2", 1000, 53);
            bench.send(packet);
            bench.outbound.bind(flow, Slots.LINEAGE);
            bench.send(packet);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1001, 53));
            bench.outbound.unbind(flow);
            bench.send(packet);
            assertThat(bench.socket.sent).hasSize(1);
            assertThat(bench.dropped(DropReason.POLICY_DISCARD)).isEqualTo(3);

            bench.outbound.bind(
                    new Flow(0, 17, Addresses.parse("10.0.0.1"), 0, Addresses.parse("10.0.0.2"), 53), Slots.LINEAGE);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1001, 53));
            assertThat(bench.socket.sent).hasSize(2);
        }
    }

    @Test
    void sendingStopsAtTheLimitAndGoesOnWhenItIsRaised() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            InstalledSa sa = bench.sendBy(OUT.sequence(true, 64, 10));
            OutboundSa worker = bench.outbound.all().iterator().next();
            for (int i = 0; i < 12; i++) {
                bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
                assertThat(worker.wanting()).isEqualTo(i >= 4);
            }
            assertThat(bench.socket.sent).hasSize(10);
            assertThat(bench.dropped(DropReason.SEQUENCE_LIMIT)).isEqualTo(2);
            assertThat(Bench.counter(sa, SaSlotLayout.DROPPED_LIMIT)).isEqualTo(2);
            assertThat(worker.takeWish()).isTrue();
            assertThat(worker.takeWish()).isFalse();

            RawMemory.setRelease(sa.slot().address() + SaSlotLayout.SEQ_LIMIT, 20);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            assertThat(bench.socket.sent).hasSize(11);
            assertThat(Bench.counter(sa, SaSlotLayout.SEQUENCE)).isEqualTo(11);
            assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(11);
            assertThat(Bench.counter(sa, SaSlotLayout.LAST_USED)).isEqualTo(77);
        }
    }

    @Test
    void noNonceIsEverUsedTwiceByTwoOwners() {
        byte[] packet = udp("10.0.0.1", "10.0.0.2", 1, 2);
        try (Bench first = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench second = new Bench(FixedPolicies.of(Action.PROTECT))) {
            first.sendBy(OUT);
            InstalledSa other = Slots.fill(OUT, second.slot());
            RawMemory.putInt(other.slot().address() + SaSlotLayout.IV_PREFIX, 2);
            second.sendFilled(other);
            first.send(packet);
            second.send(packet);
            assertThat(iv(first)).isEqualTo(0x0001_0000_0000_0001L);
            assertThat(iv(second)).isEqualTo(0x0002_0000_0000_0001L);
        }
    }

    @Test
    void aNewPathIsTakenWithTheNextPacket() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            InstalledSa sa = bench.sendBy(OUT);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            Slots.path(sa.slot(), "2001:db8::1", 4500, "2001:db8::2", 61_000);
            bench.send(udp("10.0.0.1", "10.0.0.2", 1, 2));
            assertThat(bench.socket.sentTo)
                    .containsExactly(
                            new InetSocketAddress(Addresses.parse("192.0.2.2"), 4500),
                            new InetSocketAddress(Addresses.parse("2001:db8::2"), 61_000));
        }
    }

    @Test
    void whatArrivesOutsideTheSelectorsIsDroppedThoughGenuine() {
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench bench = new Bench(null)) {
            sender.sendBy(OUT);
            InstalledSa sa = bench.receiveBy(IN.selecting(remote("10.0.0.2", 53)));
            sender.send(udp("10.0.0.2", "10.0.0.1", 53, 9999));
            sender.send(udp("10.0.0.2", "10.0.0.1", 54, 9999));
            sender.send(udp("10.0.0.3", "10.0.0.1", 53, 9999));
            sender.socket.sent.forEach(bench::receive);
            assertThat(bench.tun.written).hasSize(1);
            assertThat(Bench.counter(sa, SaSlotLayout.DROPPED_SELECTORS)).isEqualTo(2);
            assertThat(Bench.counter(sa, SaSlotLayout.SEQUENCE)).isEqualTo(3);
        }
    }

    @Test
    void keepAlivesAreSwallowedAndIkeIsPassedOn() {
        try (Bench bench = new Bench(null)) {
            bench.receive(new byte[] {(byte) 0xff});
            byte[] ike = new byte[60];
            ike[4] = 1;
            bench.receive(ike);
            assertThat(bench.dropped(DropReason.KEEP_ALIVE)).isEqualTo(1);
            assertThat(bench.socket.passedToIke).containsExactly(ike);
        }
    }

    @Test
    void segmentsOfOneBufferAreLookedAtOneByOne() {
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench bench = new Bench(null)) {
            sender.sendBy(OUT);
            bench.receiveBy(IN);
            sender.send(udp("10.0.0.2", "10.0.0.1", 1, 2));
            byte[] esp = sender.socket.sent.getFirst();
            byte[] ike = new byte[esp.length];
            ike[10] = 7;
            byte[] stranger = esp.clone();
            stranger[3]++;
            byte[] shorter = {0, 0, 9, 9, 9};
            bench.receive(Bench.concat(ike, esp, stranger, shorter), esp.length);
            assertThat(bench.tun.written).hasSize(1);
            assertThat(bench.socket.passedToIke).containsExactly(ike);
            assertThat(bench.dropped(DropReason.UNKNOWN_SPI)).isEqualTo(1);
            assertThat(bench.dropped(DropReason.MALFORMED_OUTER)).isEqualTo(1);
        }
    }

    private static long iv(Bench bench) {
        long value = 0;
        byte[] sent = bench.socket.sent.getFirst();
        for (int i = 8; i < 16; i++) {
            value = value << 8 | (sent[i] & 0xff);
        }
        return value;
    }

    private static List<Integer> spis(Bench bench) {
        return bench.socket.sent.stream()
                .map(p -> (p[2] & 0xff) << 8 | (p[3] & 0xff))
                .toList();
    }

    private static Selectors remote(String address, int port) {
        return new Selectors(
                List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                List.of(new TrafficSelector(17, PortRange.of(port), AddressRange.parse(address))));
    }

    private static byte[] udp(String from, String to, int sourcePort, int destinationPort) {
        byte[] packet = HostileInputTest.packet(100);
        System.arraycopy(Addresses.parse(from).getAddress(), 0, packet, 12, 4);
        System.arraycopy(Addresses.parse(to).getAddress(), 0, packet, 16, 4);
        packet[20] = (byte) (sourcePort >> 8);
        packet[21] = (byte) sourcePort;
        packet[22] = (byte) (destinationPort >> 8);
        packet[23] = (byte) destinationPort;
        return packet;
    }
}
