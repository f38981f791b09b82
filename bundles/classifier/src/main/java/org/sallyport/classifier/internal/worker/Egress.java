package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;

import java.lang.foreign.Arena;
import java.util.function.LongSupplier;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowCache;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.FragmentMemory;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.Segmenter;
import org.sallyport.classifier.internal.parking.ParkedFlow;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** The way out of one worker: TUN queue, flow, segmentation, sealing, socket. Runs on one thread. */
final class Egress implements Direction, ParkingLot.Exit {
    private static final int BATCH = 64;
    private static final int SEND_BUFFER = 1 << 20;

    private final int worker;
    private final TunQueue tun;
    private final EspSocket socket;
    private final Handover handover;
    private final FlowTable carried;
    private final ParkingLot parking;
    private final Drops drops;
    private final ProblemLog problems;
    private final LongSupplier clock;
    private final SendBatch batch;
    private final FlowCache flows;
    private final long readBuffer;
    private final InnerPacket packet = new InnerPacket();
    private final InnerPacket quoted = new InnerPacket();
    private final FragmentMemory fragments = new FragmentMemory();
    private final Segmenter segmenter = new Segmenter();
    private long now;
    private long refusedBefore;

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
            boolean segmentation) {
        this.worker = worker;
        this.tun = tun;
        this.socket = socket;
        this.handover = handover;
        this.carried = carried;
        this.parking = parking;
        this.drops = drops;
        this.problems = problems;
        this.clock = clock;
        this.batch = socket.newSendBatch(arena, SEND_BUFFER, segmentation);
        this.flows = new FlowCache(table);
        this.readBuffer = arena.allocate(TunQueue.READ_SIZE, 4096).address();
    }

    @Override
    public int runBatch() {
        now = clock.getAsLong();
        int handled = parking.work(now, this) + takeHandedOver();
        for (int i = 0; i < BATCH; i++) {
            int length = tun.read(readBuffer, TunQueue.READ_SIZE);
            if (length <= 0) {
                flush();
                return length == 0 ? handled : length;
            }
            handled++;
            handle(readBuffer, length);
        }
        flush();
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
            for (long entry = ring.peek(); entry != 0 && handled < BATCH; entry = ring.peek()) {
                handle(entry + 8, (int) RawMemory.getLong(entry));
                ring.release();
                handled++;
            }
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
    private boolean carry(OutboundSa sa, long header, int length) {
        if (sa.owner() != worker) {
            return handover.pass(worker, sa.owner(), header, length);
        }
        long ip = header + VirtioHeader.SIZE;
        if (!packet.portsHidden() && !packet.isIcmpError(ip)) {
            carried.carry(packet, sa.lineage(), packet.tcpFlags(ip), now);
        }
        send(sa, header, ip);
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

    private void send(OutboundSa sa, long header, long ip) {
        UdpDestination destination = sa.destination(socket);
        int type = getByte(header + VirtioHeader.GSO_TYPE) & ~VirtioHeader.GSO_ECN;
        if (type == VirtioHeader.GSO_NONE) {
            sendWhole(sa, destination, header, ip);
        } else if (segmenter.begin(header, ip, packet)) {
            sendSegments(sa, destination);
        } else {
            drops.count(DropReason.MALFORMED_INNER);
        }
    }

    private void sendWhole(OutboundSa sa, UdpDestination destination, long header, long ip) {
        int length = packet.length();
        long to = reserve(length);
        long text = to + sa.textOffset();
        copy(ip, text, length);
        if (Segmenter.finishChecksum(header, text, length)) {
            seal(sa, destination, to, length);
        } else {
            drops.count(DropReason.MALFORMED_INNER);
        }
    }

    private void sendSegments(OutboundSa sa, UdpDestination destination) {
        while (segmenter.hasNext()) {
            int length = segmenter.nextLength();
            long to = reserve(length);
            segmenter.write(to + sa.textOffset());
            seal(sa, destination, to, length);
        }
    }

    private void seal(OutboundSa sa, UdpDestination destination, long to, int length) {
        long sequence = sa.nextSequence();
        if (sequence == OutboundSa.EXHAUSTED) {
            drops.count(DropReason.SEQUENCE_LIMIT);
            return;
        }
        batch.commit(sa.seal(to, length, packet.ipv4(), sequence), destination);
        sa.carried(length, now);
    }

    private long reserve(int inner) {
        long to = batch.reserve(inner + EspFormat.OVERHEAD);
        if (to == 0) {
            flush();
            to = batch.reserve(inner + EspFormat.OVERHEAD);
        }
        return to;
    }

    private void flush() {
        if (batch.datagrams() == 0) {
            return;
        }
        int waiting = batch.datagrams();
        int sent = socket.send(batch);
        long refused = batch.refused();
        if (refused != refusedBefore) {
            drops.count(DropReason.SEND_REFUSED, refused - refusedBefore);
            refusedBefore = refused;
        } else if (sent < 0) {
            drops.count(DropReason.SEND_REFUSED, waiting);
        }
    }
}
