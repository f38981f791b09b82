package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.tun.VirtioHeader;

/** Who sends too much, with keys or without, does not keep others from what is theirs. */
@Timeout(120)
class FairnessTest {
    private static final int BUSY = 0x1000_0001;
    private static final int QUIET = 0x2000_0002;
    private static final String OTHER_KEY = "f0e0d0c0b0a090807060504030201000";

    private final Arena arena = Arena.ofAuto();
    private final SplittableRandom random = new SplittableRandom(2401);

    private static Slots.Sa quiet(SaDirection direction) {
        return Slots.Sa.of(QUIET, direction).keyed(OTHER_KEY, "01020304");
    }

    private RawSealer sealer(Slots.Sa sa) {
        return new RawSealer(Slots.fill(sa, arena.allocate(SaSlotLayout.SIZE, 64)));
    }

    /** Of the quiet SA come pieces, of which the second is nothing without the first; of everything else a lot between. */
    @Test
    void aFloodOfOneSaOfReplaysAndOfNoSaCostsAnotherSaNothing() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            bench.tun.keep = false;
            bench.receiveBy(Slots.Sa.of(BUSY, SaDirection.INBOUND));
            InstalledSa sa = bench.receiveBy(quiet(SaDirection.INBOUND));
            RawSealer busy = sealer(Slots.Sa.of(BUSY, SaDirection.OUTBOUND));
            RawSealer quiet = sealer(quiet(SaDirection.OUTBOUND));
            byte[] replayed = busy.seal(text(udp(7, 7)));
            for (int round = 1; round <= 400; round++) {
                bench.receive(quiet.seal(text(piece(round, true))));
                flood(bench, busy, replayed);
                bench.receive(quiet.seal(text(piece(round, false))));
                bench.reported.clear();
                assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(2L * round);
            }
            assertThat(bench.dropped(DropReason.UNKNOWN_SPI)).isEqualTo(400 * 64);
            // What is older than the window looks as if it came from the next subspace, until its ICV is checked.
            assertThat(bench.dropped(DropReason.INTEGRITY) + bench.dropped(DropReason.REPLAY))
                    .isEqualTo(2 * 400 * 64 - 1);
        }
    }

    /** As many flows and pieces as there is no room for, an SA that is none, what is forged, and what was there before. */
    private void flood(Bench bench, RawSealer busy, byte[] replayed) {
        for (int i = 0; i < 64; i++) {
            bench.receive(busy.seal(text(udp(random.nextInt(65_536), random.nextInt(65_536)))));
            bench.receive(busy.seal(text(piece(random.nextInt(65_536), true))));
            bench.receive(replayed);
            byte[] forged = busy.seal(text(udp(1, 1)));
            forged[forged.length - 1] ^= 1;
            bench.receive(forged);
            byte[] unknown = replayed.clone();
            ByteBuffer.wrap(unknown).putInt(random.nextInt(256, 0x1000_0000));
            bench.receive(unknown);
        }
    }

    @Test
    void oneWorkerThatHandsOverALotDoesNotKeepAnotherWaiting() {
        ParkingBounds bounds = new ParkingBounds(64, 64, 1 << 20, 16, ParkingBounds.LONGEST);
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT), null, bounds, 3)) {
            InstalledSa sa = bench.receiveBy(quiet(SaDirection.INBOUND));
            bench.sendBy(quiet(SaDirection.OUTBOUND));
            for (int i = 0; i < 1000; i++) {
                pass(bench.toIngress, 1, new byte[100]);
                pass(bench.toEgress, 1, new byte[100]);
            }
            pass(bench.toIngress, 2, sealer(quiet(SaDirection.OUTBOUND)).seal(text(udp(1, 2))));
            pass(bench.toEgress, 2, Bench.concat(new byte[VirtioHeader.SIZE], udp(1, 2)));
            bench.ingress.runBatch();
            bench.egress.runBatch();
            assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(1);
            assertThat(bench.socket.sent).hasSize(1);
        }
    }

    private void pass(Handover handover, int from, byte[] octets) {
        long at = arena.allocate(octets.length, 8).address();
        RawMemory.copyIn(octets, 0, at, octets.length);
        assertThat(handover.pass(from, 0, at, octets.length)).isTrue();
    }

    /** A mistake of ours that every packet of an SA meets is told of once, and the others are carried. */
    @Test
    void aMistakeThatEveryPacketMeetsFillsNoLogAndStopsNoWorker() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            InstalledSa sa = bench.receiveBy(quiet(SaDirection.INBOUND));
            PacketAead aead = Objects.requireNonNull(
                    Objects.requireNonNull(bench.inbound.find(QUIET)).aead());
            InstalledSa failing = Slots.fill(Slots.Sa.of(BUSY, SaDirection.INBOUND), bench.slot());
            bench.inbound.put(new InboundSa(failing, new Failing(aead)));
            RawSealer busy = sealer(Slots.Sa.of(BUSY, SaDirection.OUTBOUND));
            RawSealer quiet = sealer(quiet(SaDirection.OUTBOUND));
            for (int i = 1; i <= 10_000; i++) {
                bench.receive(busy.seal(text(udp(1, 1))));
                bench.receive(quiet.seal(text(udp(1, 1))));
            }
            assertThat(bench.dropped(DropReason.INTERNAL)).isEqualTo(10_000);
            assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(10_000);
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(StandardCharsets.UTF_8)).containsOnlyOnce("a packet was dropped while");
        assertThat(told.size()).isLessThan(10_000);
    }

    /** Cryptography that fails for every packet. */
    private record Failing(PacketAead real) implements PacketAead {
        @Override
        public int ivLength() {
            return real.ivLength();
        }

        @Override
        public int icvLength() {
            return real.icvLength();
        }

        @Override
        public int alignment() {
            return real.alignment();
        }

        @Override
        public void seal(long text, int length, long sequence, long number) {
            throw new IllegalStateException("sealing failed");
        }

        @Override
        public boolean open(long text, int length, long sequence) {
            throw new IllegalStateException("opening failed");
        }

        @Override
        public void wipe() {
            real.wipe();
        }
    }

    private static byte[] udp(int source, int destination) {
        byte[] packet = HostileInputTest.packet(60);
        ByteBuffer.wrap(packet).putShort(20, (short) source).putShort(22, (short) destination);
        return packet;
    }

    private static byte[] piece(int id, boolean first) {
        byte[] packet = udp(5, 6);
        ByteBuffer.wrap(packet).putShort(4, (short) id).putShort(6, (short) (first ? 0x2000 : 5));
        return packet;
    }

    private static byte[] text(byte[] packet) {
        byte[] text = java.util.Arrays.copyOf(packet, packet.length + 4);
        text[text.length - 4] = 1;
        text[text.length - 3] = 2;
        text[text.length - 2] = 2;
        text[text.length - 1] = 4;
        return text;
    }
}
