package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.packet.FiveTuple;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.RefusalWriter;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * Whatever comes from the TUN leaves or is counted under one reason, and what leaves is a packet to our peer. What lies
 * behind a packet is never looked at.
 */
@Timeout(3600)
class HostileHostTest {
    private static final int SPI = 0x1234_5678;
    private static final List<PacketRefusal> REFUSALS = List.of(PacketRefusal.values());
    private static final HostPair HOSTS = CrookedPackets.hosts("10.1.0.1", "10.2.0.1");
    private static final HostPair HOSTS6 = CrookedPackets.hosts("2001:db8:1::1", "2001:db8:2::1");

    /** Returns an SA between the networks, or between two hosts of them; the same for both ends. */
    private static Slots.Sa sa(SaDirection direction, int mode) {
        boolean out = direction == SaDirection.OUTBOUND;
        Slots.Sa wanted = Slots.Sa.of(SPI, direction);
        return switch (mode) {
            case 0 -> wanted.transporting(out ? HOSTS : HOSTS.reversed());
            case 1 -> wanted.transporting(out ? HOSTS6 : HOSTS6.reversed());
            default -> wanted.selecting(out ? CrookedPackets.networks(1, 2) : CrookedPackets.networks(2, 1));
        };
    }

    @Test
    void eachPacketLeavesOrIsCountedOnceAndWhatLiesBehindItDoesNotMatter() {
        long[] sent = new long[1];
        int seeds = Seeds.each(200, random -> {
            int mode = random.nextInt(5);
            try (Bench one = sending(mode, 0x5a);
                    Bench other = sending(mode, 0xa5);
                    Bench peer = new Bench(null)) {
                peer.receiveBy(sa(SaDirection.INBOUND, mode));
                CrookedPackets packets = new CrookedPackets(random, 1, 2);
                for (int i = 0; i < 200; i++) {
                    byte[] packet = packets.withVirtioHeader(packets.next());
                    sendByBoth(one, other, packet, mode < 2);
                    sent[0] += one.socket.sent.size();
                    deliver(one, peer, mode);
                    other.socket.sent.clear();
                }
            }
        });
        assertThat(sent[0]).as("packets that left").isGreaterThan(50L * seeds);
    }

    private static Bench sending(int mode, int behind) {
        Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
        bench.tun.behind = (byte) behind;
        bench.sendBy(sa(SaDirection.OUTBOUND, mode));
        return bench;
    }

    private static void sendByBoth(Bench one, Bench other, byte[] packet, boolean mayWait) {
        long before = one.dropped();
        one.sendWithHeader(packet);
        other.sendWithHeader(packet);
        long ends = one.dropped() - before + (one.socket.sent.isEmpty() ? 0 : 1);
        assertThat(ends).as("ends of a packet").isBetween(mayWait ? 0L : 1L, mayWait ? 9L : 1L);
        assertThat(one.socket.sent).containsExactlyElementsOf(other.socket.sent);
        for (DropReason reason : DropReason.values()) {
            assertThat(one.dropped(reason)).as(reason.words()).isEqualTo(other.dropped(reason));
        }
        assertThat(one.dropped(DropReason.INTERNAL)).as("internal errors").isZero();
    }

    /** In transport mode a payload without a next header looks like a dummy, and some protocols have no place there. */
    private static void deliver(Bench from, Bench peer, int mode) {
        int sent = from.socket.sent.size();
        long tolerated = peer.dropped(DropReason.DUMMY) + peer.dropped(DropReason.TRANSPORT);
        from.socket.sent.forEach(peer::receive);
        from.socket.sent.clear();
        from.socket.sentTo.clear();
        tolerated = peer.dropped(DropReason.DUMMY) + peer.dropped(DropReason.TRANSPORT) - tolerated;
        assertThat(tolerated).isBetween(0L, mode < 2 ? sent : 0L);
        assertThat(peer.dropped() - peer.dropped(DropReason.DUMMY) - peer.dropped(DropReason.TRANSPORT))
                .as("dropped by our peer")
                .isZero();
        peer.tun.written.clear();
    }

    @Test
    void nothingBehindAPacketIsTouched() {
        Seeds.each(200, random -> {
            try (Edge edge = new Edge(random.nextInt(4))) {
                CrookedPackets packets = new CrookedPackets(random, 1, 2);
                for (int i = 0; i < 500; i++) {
                    edge.handle(packets.withVirtioHeader(packets.next()), random);
                }
            }
        });
    }

    /** Packets at the edge of memory, and all that is done to them on their way out. */
    private static final class Edge implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
        private final GuardedMemory memory = new GuardedMemory(arena);
        private final GuardedMemory answers = new GuardedMemory(arena);
        private final Sealer sealer = new Sealer(
                bench.socket, new Drops(), arena, true, 1400, new TooLong(bench.answers, remote -> {}, arena));
        private final OutboundSa sa;
        private final InnerPacket packet = new InnerPacket();
        private final InnerPacket quoted = new InnerPacket();

        Edge(int mode) {
            bench.sendBy(sa(SaDirection.OUTBOUND, mode));
            sa = bench.outbound.all().iterator().next();
        }

        void handle(byte[] octets, SplittableRandom random) {
            long header = memory.put(octets);
            long ip = header + VirtioHeader.SIZE;
            if (octets.length <= VirtioHeader.SIZE || !packet.parse(ip, octets.length - VirtioHeader.SIZE)) {
                return;
            }
            checkThatItIsAFlow();
            packet.tcpFlags(ip);
            if (quoted.parseAnswerToQuoted(packet, ip)) {
                assertThat(packet.isIcmpError(ip)).isTrue();
            }
            answer(ip, REFUSALS.get(random.nextInt(REFUSALS.size())));
            sealer.send(sa, header, packet, bench.now++);
            sealer.flush();
            bench.socket.sent.clear();
            bench.socket.sentTo.clear();
            assertThat(memory.untouchedInFront()).isTrue();
        }

        /** Those who keep books of flows take every packet that is one. */
        private void checkThatItIsAFlow() {
            FiveTuple tuple = FiveTuple.of(packet);
            assertThat(FiveTuple.sentBy(tuple.asSent())).isEqualTo(tuple);
        }

        private void answer(long ip, PacketRefusal refusal) {
            long to = answers.put(new byte[RefusalWriter.LONGEST]);
            int length = RefusalWriter.write(refusal, ip, packet, to);
            assertThat(answers.untouchedInFront()).isTrue();
            if (length > 0) {
                assertThat(quoted.parse(to, length)).isTrue();
                assertThat(quoted.length()).isEqualTo(length);
                assertThat(isGroup(quoted)).as("from a group").isFalse();
                assertThat(length).isLessThanOrEqualTo(packet.length() + 48);
            }
        }

        /** Tells whether the source is a multicast address. */
        private static boolean isGroup(InnerPacket answer) {
            return answer.ipv4() ? answer.sourceLow() >>> 28 == 0xe : answer.sourceHigh() >>> 56 == 0xff;
        }

        @Override
        public void close() {
            bench.close();
            arena.close();
        }
    }

    @Test
    void whatComesBeforeItsSaIsParkedOrCountedOnce() {
        Seeds.each(40, random -> parkAndLeave(random, random.nextInt(4) == 0 ? null : new FakeGate()));
    }

    private static void parkAndLeave(SplittableRandom random, @Nullable FakeGate gate) {
        ParkingBounds bounds = new ParkingBounds(
                random.nextInt(4, 64), random.nextInt(8, 200), 1 << 18, random.nextInt(1, 9), ParkingBounds.LONGEST);
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT), gate, bounds)) {
            CrookedPackets packets = new CrookedPackets(random, 1, 2);
            for (int i = 1; i <= 300; i++) {
                bench.sendWithHeader(packets.withVirtioHeader(packets.next()));
                ParkingView parked = ParkingCounters.view(List.of(bench.parked));
                assertThat(parked.packets() + parked.repeated() + bench.dropped())
                        .as("parked or counted")
                        .isEqualTo(i);
            }
            bench.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            while (bench.lot.occupied()) {
                bench.egress.runBatch();
            }
            assertThat(bench.dropped(DropReason.INTERNAL)).as("internal errors").isZero();
            assertThat(bench.socket.sent.isEmpty()).isEqualTo(gate == null);
        }
    }
}
