package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putInt;
import static org.sallyport.linux.memory.RawMemory.setRelease;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowBook;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.IdleTimes;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.packet.Coalescer;
import org.sallyport.classifier.internal.parking.EarlyPackets;
import org.sallyport.classifier.internal.parking.GateCaller;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.tun.RehearsalDevice;
import org.sallyport.linux.udp.RehearsalPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packets of many flows through both ways of a worker of its own, before the first real one comes: what they go through is
 * compiled by then, and fits the real ones since device and socket are of the same classes. Nothing of it reaches the
 * appliance's own device, port or counters.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int PACKETS = 10_000;
    /** How many packets come at once. */
    public static final int BATCH = 40;

    /** Batches from one SA to the next. */
    private static final int SCENE = 50;

    /** While a whole appliance starts on few processors, its compilers take several seconds to come to this. */
    private static final long LONGEST = 10_000_000_000L;

    private static final SpiKey SPI = new SpiKey(IpsecProtocol.ESP, 256);
    private static final ChildSaId LINEAGE = new ChildSaId(new IkeSaId(new ConnectionId("rehearsal"), 1), 1);
    private static final int KEY_BITS = 256;
    private static final int WINDOW = 1024;
    private static final int MTU = 1400;
    private static final int OUTER_MTU = 1500;
    private static final int NUMBERS = 1 << 16;
    private static final List<TrafficSelector> ANYBODY =
            List.of(TrafficSelector.of(AddressRange.ANY_IPV4), TrafficSelector.of(AddressRange.ANY_IPV6));
    private static final Selectors SELECTORS = new Selectors(ANYBODY, ANYBODY);

    /** Makes what workers use of what the SAD installs. */
    public interface Factory {
        /** Makes the SA by which packets arrive. */
        InboundSa inbound(InstalledSa sa) throws SaRefusedException;

        /** Makes the SA by which packets leave. */
        OutboundSa outbound(InstalledSa sa, SpiKey inbound) throws SaRefusedException;
    }

    private final Factory factory;

    /** @param factory makes SAs with the cryptography that real ones will have */
    public Rehearsal(Factory factory) {
        this.factory = factory;
    }

    /**
     * What became of the packets.
     *
     * @param sent how many there were, some of them to be cut
     * @param delivered how often something was handed over, some of it joined
     * @param dropped how many were lost on the way
     */
    public record Outcome(int sent, int delivered, long dropped) {}

    /**
     * Plays it.
     *
     * @param over asked now and then whether to stop
     */
    public Outcome play(BooleanSupplier over) {
        long began = System.nanoTime();
        Outcome outcome = new Outcome(0, 0, 0);
        try (RehearsalDevice device = RehearsalDevice.open();
                RehearsalPort port = RehearsalPort.open();
                Stage stage = new Stage(device, port)) {
            int done = 0;
            while (done < PACKETS && System.nanoTime() - began < LONGEST && !over.getAsBoolean()) {
                stage.act(done / BATCH % SCENE);
                done += BATCH;
            }
            outcome = new Outcome(stage.sent, stage.delivered, stage.dropped());
        } catch (SaRefusedException | RuntimeException e) {
            LOG.warn("the data plane could not rehearse, so its first packets will be slow: {}", e.toString());
        }
        Journal.event("packets-ready")
                .with("packets", outcome.sent())
                .with("delivered", outcome.delivered())
                .with("took_ms", (System.nanoTime() - began) / 1_000_000)
                .write();
        return outcome;
    }

    /** A worker without threads, which sends to itself. */
    private final class Stage implements AutoCloseable {
        private final Arena arena = Arena.ofAuto();
        private final RehearsalPolicy policy =
                new RehearsalPolicy(LINEAGE.ikeSa().connection(), SELECTORS);
        private final OutboundTable table = new OutboundTable(() -> policy);
        private final SpiTable inbound = new SpiTable();
        private final RehearsalTraffic traffic = new RehearsalTraffic();
        private final long packet = arena.allocate(RehearsalTraffic.LARGEST, 64).address();
        private final RehearsalDevice device;
        private final BootClock clock = new BootClock();
        private final Drops drops = new Drops();
        private final ProblemLog problems = new ProblemLog();
        private final OutboundSa out;
        private final InboundSa in;
        private final Wakeup wakeup;
        private final GateCaller caller;
        private final FlowBook book;
        private final Egress egress;
        private final Ingress ingress;
        private int sent;
        private int delivered;

        Stage(RehearsalDevice device, RehearsalPort port) throws SaRefusedException {
            this.device = device;
            out = factory.outbound(sa(SaDirection.OUTBOUND, arena, port.address()), SPI);
            in = factory.inbound(sa(SaDirection.INBOUND, arena, port.address()));
            inbound.put(in);
            wakeup = new Wakeup();
            caller = new GateCaller(() -> policy, List.of(), BATCH * SCENE);
            Quiescence point = new Quiescence();
            Doorbell doorbell = new Doorbell(point, wakeup);
            Handover alone = new Handover(arena, new Quiescence[] {point}, new Wakeup[] {wakeup});
            Answers answers = new Answers(arena, doorbell);
            ParkingLot lot = new ParkingLot(
                    new ParkingBounds(BATCH * SCENE, BATCH * SCENE, 1 << 24, BATCH, ParkingBounds.LONGEST),
                    new ParkingCounters(),
                    caller,
                    table,
                    drops,
                    answers,
                    doorbell,
                    arena);
            book = new FlowBook(() -> null, IdleTimes.DEFAULT, BATCH * SCENE, clock);
            FlowTable sent = new FlowTable(true, book);
            FlowTable received = new FlowTable(false, book);
            egress = new Egress(
                    0,
                    device.queue(),
                    port.lease().sockets().getFirst(),
                    table,
                    alone,
                    sent,
                    lot,
                    drops,
                    problems,
                    clock,
                    arena,
                    true,
                    MTU,
                    new TooLong(answers, remote -> {}, arena));
            ingress = new Ingress(
                    0,
                    port.lease(),
                    inbound,
                    new Forerunners(new EarlyPackets(arena), new ReservedSpis(), inbound, drops),
                    table,
                    received,
                    new Coalescer(arena, device.queue(), true),
                    alone,
                    answers,
                    drops,
                    problems,
                    clock,
                    arena,
                    MTU);
        }

        /** In the first act of a scene packets wait for their SA, which is there in the others. */
        void act(int number) {
            if (number == 0) {
                table.remove(out.slot());
                grantNumbers();
                forgetOrLearnMtu();
                book.work();
                lookForAStranger();
            } else if (number == 1) {
                table.add(out);
            }
            for (int i = 0; i < BATCH; i++) {
                sent += device.give(packet, traffic.next(packet)) ? 1 : 0;
            }
            carry(egress);
            carry(ingress);
        }

        /** As the negotiator does it: more than enough, in pieces. */
        private void grantNumbers() {
            long numbers = getLong(out.slot() + SaSlotLayout.SEQUENCE) + NUMBERS;
            setRelease(out.slot() + SaSlotLayout.SEQ_LIMIT, numbers);
        }

        /** What no look-up has ever missed, a compiler takes for granted. */
        private void lookForAStranger() {
            if (inbound.find(SPI.spi() + 1) != null) {
                throw new IllegalStateException("a rehearsal has one SA alone");
            }
        }

        /** In turns, as there are SAs of either kind. */
        private void forgetOrLearnMtu() {
            long known = out.slot() + SaSlotLayout.PATH_MTU_KNOWN;
            putInt(known, OUTER_MTU - getInt(known));
        }

        /** A bounded number of times, since anybody on this host can send to the port. */
        private void carry(Direction direction) {
            for (int i = 0; i < BATCH && direction.runBatch() > 0; i++) {
                delivered += device.take();
            }
        }

        long dropped() {
            return Stream.of(DropReason.values()).mapToLong(drops::of).sum();
        }

        @Override
        public void close() {
            caller.close();
            wakeup.close();
            out.protection().wipe();
            in.protection().wipe();
        }
    }

    /** The same key in both directions, for what leaves comes back: all zeros, since nobody gets to see it. */
    private static InstalledSa sa(SaDirection direction, Arena arena, InetSocketAddress peer) {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        slot.set(JAVA_INT, SaSlotLayout.VERSION, SaSlotLayout.LAYOUT_VERSION);
        slot.set(JAVA_INT, SaSlotLayout.SPI, SPI.spi());
        slot.set(JAVA_INT, SaSlotLayout.MODE, SaSlotLayout.MODE_TUNNEL);
        slot.set(JAVA_INT, SaSlotLayout.FLAGS, SaSlotLayout.FLAG_ESN);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, TransformId.ENCR_AES_GCM_16);
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, KEY_BITS);
        slot.set(JAVA_INT, SaSlotLayout.REPLAY_WINDOW, WINDOW);
        slot.set(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION, 1);
        slot.set(JAVA_INT, SaSlotLayout.PATH_FAMILY, 4);
        byte[] octets = peer.getAddress().getAddress();
        MemorySegment.copy(octets, 0, slot, JAVA_BYTE, SaSlotLayout.PATH_REMOTE_ADDRESS, octets.length);
        slot.set(JAVA_INT, SaSlotLayout.PATH_REMOTE_PORT, peer.getPort());
        slot.set(JAVA_INT, SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        slot.set(JAVA_INT, SaSlotLayout.PATH_MTU, OUTER_MTU);
        slot.set(JAVA_INT, SaSlotLayout.PATH_MTU_KNOWN, OUTER_MTU);
        return new InstalledSa(SPI, direction, LINEAGE, RehearsalPolicy.NAME, SELECTORS, slot);
    }
}
