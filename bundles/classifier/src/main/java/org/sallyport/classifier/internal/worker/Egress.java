package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.util.function.LongSupplier;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowCache;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.FragmentMemory;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.parking.ParkedFlow;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;

/** The way out of one worker: TUN queue, flow, and what {@link Sealer} does with it. Runs on one thread. */
final class Egress implements Direction, ParkingLot.Exit {
    private static final int BATCH = 64;
    /** Super-packets are work for a long time, and who takes an SA away waits for the end of the batch. */
    private static final int BATCH_OCTETS = 512 << 10;

    private final int worker;
    private final TunQueue tun;
    private final Handover handover;
    private final FlowTable carried;
    private final ParkingLot parking;
    private final Drops drops;
    private final ProblemLog problems;
    private final LongSupplier clock;
    private final Sealer sealer;
    private final FlowCache flows;
    private final long readBuffer;
    private final InnerPacket packet = new InnerPacket();
    private final InnerPacket quoted = new InnerPacket();
    private final FragmentMemory fragments = new FragmentMemory();
    private long now;

    Egress(
            int worker,
            TunQueue tun,
            EspSocket socket,
            OutboundTable table,
            Handover handover,
            FlowTable carried,
            ParkingLot parking,
            Drops drops,
            ProblemLog problems,
            LongSupplier clock,
            Arena arena,
            boolean segmentation,
            int deviceMtu,
            TooLong tooLong) {
        this.worker = worker;
        this.tun = tun;
        this.handover = handover;
        this.carried = carried;
        this.parking = parking;
        this.drops = drops;
        this.problems = problems;
        this.clock = clock;
        this.sealer = new Sealer(socket, drops, arena, segmentation, deviceMtu, tooLong);
        this.flows = new FlowCache(table);
        this.readBuffer = arena.allocate(TunQueue.READ_SIZE, 4096).address();
    }

    /** Has ESP without UDP go by this socket from now on; any thread may. */
    void carryRaw(RawProtocol protocol, Family family, PacketSocket socket) {
        sealer.carryRaw(protocol, family, socket);
    }

    /** Has ESP in TCP go by this socket from now on; any thread may. */
    void carryStreams(StreamSocket socket) {
        sealer.carryStreams(socket);
    }

    @Override
    public int runBatch() {
        now = clock.getAsLong();
        int handled = parking.work(now, this) + takeHandedOver();
        for (int octets = 0, i = 0; i < BATCH && octets < BATCH_OCTETS; i++) {
            int length = tun.read(readBuffer, TunQueue.READ_SIZE);
            if (length <= 0) {
                sealer.flush();
                return length == 0 ? handled : length;
            }
            handled++;
            octets += length;
            handle(readBuffer, length);
        }
        sealer.flush();
        return handled;
    }

    @Override
    public boolean hasWork() {
        return parking.hasWork();
    }

    private int takeHandedOver() {
        int handled = 0;
        for (int from = 0; from < handover.workers(); from++) {
            PacketRing ring = handover.ring(from, worker);
            if (ring == null) {
                continue;
            }
            handled += take(ring);
        }
        return handled;
    }

    /** From each as much as from any other: who sends a lot does not keep the others waiting. */
    private int take(PacketRing ring) {
        int handled = 0;
        for (long entry = ring.peek(); entry != 0 && handled < BATCH; entry = ring.peek()) {
            handle(entry + 8, PacketRing.length(entry));
            ring.release();
            handled++;
        }
        return handled;
    }

    /** A mistake in one packet ends with that packet. */
    private void handle(long header, int length) {
        try {
            route(header, length);
        } catch (RuntimeException e) {
            drops.count(DropReason.INTERNAL);
            problems.report("sending a packet", e);
        }
    }

    private void route(long header, int length) {
        long ip = header + VirtioHeader.SIZE;
        if (length <= VirtioHeader.SIZE || !packet.parse(ip, length - VirtioHeader.SIZE)) {
            drops.count(DropReason.MALFORMED_INNER);
            return;
        }
        if (packet.fragment()) {
            recognise();
        }
        Object answer = decide(ip);
        if (parking.occupied() && parking.follow(header, length, packet, answer)) {
            return;
        }
        if (!(answer instanceof OutboundSa sa)) {
            refuse((DropReason) answer, header, length);
        } else if (!carry(sa, header, length)) {
            drops.count(DropReason.HANDOVER_FULL);
        }
    }

    /** Later pieces go where the first went (RFC 4301 section 7.3). */
    private void recognise() {
        if (packet.laterFragment()) {
            fragments.recall(packet, 0, now);
        } else {
            fragments.remember(packet, 0, now);
        }
    }

    private Object decide(long ip) {
        Object answer = flows.find(packet);
        return answer instanceof OutboundSa ? answer : decideAnew((DropReason) answer, ip);
    }

    /** An ICMP error for which neither SA nor entry is there goes by the SA of what it is about (RFC 4301 section 6.2). */
    private Object decideAnew(DropReason reason, long ip) {
        if ((reason == DropReason.NO_SA || reason == DropReason.UNCOVERED)
                && quoted.parseAnswerToQuoted(packet, ip)
                && flows.find(quoted) instanceof OutboundSa sa) {
            return sa;
        }
        return packet.portsHidden() && reason != DropReason.NO_SA ? DropReason.FRAGMENT : reason;
    }

    private void refuse(DropReason reason, long header, int length) {
        if (reason == DropReason.NO_SA) {
            parking.park(header, length, packet);
        } else {
            drops.count(reason);
        }
    }

    /** Sends a packet here or has the SA's owner do so; false when that one has too many already. */
    private boolean carry(OutboundSa found, long header, int length) {
        long ip = header + VirtioHeader.SIZE;
        OutboundSa sa = found.forPacket(ip, packet.ipv4(), worker, handover.workers(), now);
        if (sa.owner() != worker) {
            return handover.pass(worker, sa.owner(), header, length);
        }
        if (!packet.portsHidden() && !packet.isIcmpError(ip)) {
            carried.carry(packet, found.lineage(), packet.tcpFlags(ip), now);
        }
        sealer.send(sa, header, packet, now);
        return true;
    }

    /** A packet that was parked goes on, or not yet. */
    @Override
    public ParkingLot.Onward leave(ParkedFlow flow, long header, int length) {
        try {
            packet.parse(header + VirtioHeader.SIZE, length - VirtioHeader.SIZE);
            flow.assumePorts(packet);
            Object answer = decide(header + VirtioHeader.SIZE);
            if (answer instanceof OutboundSa sa) {
                return carry(sa, header, length) ? ParkingLot.Onward.SENT : ParkingLot.Onward.BUSY;
            }
            if (answer == DropReason.NO_SA) {
                return ParkingLot.Onward.NO_SA;
            }
            drops.count((DropReason) answer);
        } catch (RuntimeException e) {
            drops.count(DropReason.INTERNAL);
            problems.report("sending a parked packet", e);
        }
        return ParkingLot.Onward.DROPPED;
    }
}
