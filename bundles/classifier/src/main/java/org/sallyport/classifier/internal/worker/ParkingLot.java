package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.RefusalWriter;
import org.sallyport.classifier.internal.parking.GateCaller;
import org.sallyport.classifier.internal.parking.ParkedFlow;
import org.sallyport.classifier.internal.parking.ParkedPackets;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * Where a worker's packets wait for their SA (the second journey). A flow's packets are never overtaken: as long as one
 * is here, later ones follow it. They go on in order when the gate says so, or as soon as an SA stands for whatever
 * reason; else their sender is answered as policy says. Belongs to the thread out, but for {@link #answered}.
 */
final class ParkingLot {
    /** What became of a packet that was to go on. */
    enum Onward {
        SENT,
        /** Not for want of an SA, and counted. */
        DROPPED,
        NO_SA,
        /** Another worker has too many already: later. */
        BUSY
    }

    /** Sends a packet on. */
    interface Exit {
        Onward leave(ParkedFlow flow, long header, int length);
    }

    private static final int RELEASES_IN_A_BATCH = 256;
    private static final int LOOKS_IN_A_BATCH = 512;
    private static final int MOST_QUESTIONS = 3;
    private static final int ICMP_PER_SECOND = 200;
    private static final int ICMP_BURST = 50;

    private final ParkedPackets parked;
    private final ParkingCounters counters;
    private final GateCaller gate;
    private final OutboundTable table;
    private final Drops drops;
    private final Answers answers;
    private final Doorbell doorbell;
    private final Arena arena;
    private final long scratch;
    private final long answer;
    private final InnerPacket packet = new InnerPacket();
    private final TokenBucket icmp = new TokenBucket(ICMP_PER_SECOND, ICMP_BURST);
    private final Queue<ParkedFlow> outcomes = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<ParkedFlow> due = new ArrayDeque<>();
    private int seenVersion = -1;
    private @Nullable PolicyGeneration seenGeneration;
    private boolean looking;
    private long overflowsCounted;
    private long now;

    /**
     * @param doorbell of the thread out
     * @param answers to the thread in
     */
    ParkingLot(
            ParkingBounds bounds,
            ParkingCounters counters,
            GateCaller gate,
            OutboundTable table,
            Drops drops,
            Answers answers,
            Doorbell doorbell,
            Arena arena) {
        this.counters = counters;
        this.parked = new ParkedPackets(bounds, counters, gate::forget);
        this.gate = gate;
        this.table = table;
        this.drops = drops;
        this.answers = answers;
        this.doorbell = doorbell;
        this.arena = arena;
        this.scratch = arena.allocate(TunQueue.READ_SIZE, 64).address();
        this.answer = arena.allocate(RefusalWriter.LONGEST, 64).address();
    }

    /** Tells whether packets wait: if not, there is nothing to ask here. */
    boolean occupied() {
        return !parked.isEmpty();
    }

    /** Tells whether the gate has answered meanwhile. */
    boolean hasWork() {
        return !outcomes.isEmpty() || !due.isEmpty() || looking;
    }

    /** The gate has answered; called by any thread. */
    private void answered(ParkedFlow flow) {
        outcomes.add(flow);
        doorbell.ring();
    }

    /**
     * Takes a packet whose flow waits here already, behind the others.
     *
     * @param verdict what stands for the flow now: an SA, or why it is dropped
     * @return false when its flow does not wait
     */
    boolean follow(long header, int length, InnerPacket newcomer, Object verdict) {
        ParkedFlow flow = parked.find(newcomer);
        if (flow == null) {
            return false;
        }
        if (verdict != DropReason.NO_SA) {
            makeDue(flow);
        }
        parked.add(flow, header, length, newcomer);
        countOverflows();
        return true;
    }

    /** Who meets a bound is dropped: a newcomer, or who gives way to one. */
    private void countOverflows() {
        long overflows = counters.overflows();
        drops.count(DropReason.PARKING_FULL, overflows - overflowsCounted);
        overflowsCounted = overflows;
    }

    /** Takes the first packet of a flow for which no SA stands, or drops it. */
    void park(long header, int length, InnerPacket newcomer) {
        if (!gate.present()) {
            drops.count(DropReason.NO_SA);
            return;
        }
        ParkedFlow flow = parked.open(newcomer, table.refusal(newcomer), now);
        if (flow != null) {
            begin(flow, header, length, newcomer);
        }
        countOverflows();
    }

    private void begin(ParkedFlow flow, long header, int length, InnerPacket newcomer) {
        if (parked.add(flow, header, length, newcomer) == ParkedPackets.Fate.FULL) {
            parked.close(flow);
        } else if (!ask(flow)) {
            counters.overflowed();
            end(flow);
        }
    }

    private boolean ask(ParkedFlow flow) {
        return gate.ask(flow, this::answered);
    }

    /**
     * Does what the gate and the tables call for, no more than a part of it at once.
     *
     * @return how much was done
     */
    int work(long bootNanos, Exit exit) {
        now = bootNanos;
        parked.beginBatch();
        int done = takeOutcomes();
        if (parked.isEmpty()) {
            due.clear();
            looking = false;
            return done;
        }
        expire();
        look();
        return done + release(exit);
    }

    private int takeOutcomes() {
        int done = 0;
        for (ParkedFlow flow = outcomes.poll(); flow != null; flow = outcomes.poll()) {
            done++;
            if (flow.over()) {
                continue;
            }
            switch (flow.answer()) {
                case PROCEED -> makeDue(flow);
                case REFUSE -> refuse(flow);
                case NO_GATE -> giveUp(flow, DropReason.NO_SA);
                case NONE -> {}
            }
        }
        return done;
    }

    private void makeDue(ParkedFlow flow) {
        if (!flow.due()) {
            flow.due(true);
            due.add(flow);
        }
    }

    private void expire() {
        for (ParkedFlow flow = parked.expired(now); flow != null; flow = parked.expired(now)) {
            refuse(flow);
        }
    }

    /** SAs and policies have changed: somebody else may have set up what these flows need. */
    private void look() {
        int version = table.version();
        PolicyGeneration generation = table.generation();
        if (version != seenVersion || generation != seenGeneration) {
            seenVersion = version;
            seenGeneration = generation;
            looking = true;
            parked.rewind();
        }
        for (int i = 0; looking && i < LOOKS_IN_A_BATCH; i++) {
            ParkedFlow flow = parked.next();
            if (flow == null) {
                looking = false;
            } else if (!flow.due()) {
                flow.describe(packet);
                if (table.decide(packet) != DropReason.NO_SA) {
                    makeDue(flow);
                }
            }
        }
    }

    private int release(Exit exit) {
        int left = RELEASES_IN_A_BATCH;
        while (left > 0 && !due.isEmpty()) {
            ParkedFlow flow = due.peek();
            if (!flow.over()) {
                left = release(flow, left, exit);
                if (flow.packets() > 0 && flow.due()) {
                    break;
                }
            }
            due.remove();
        }
        return RELEASES_IN_A_BATCH - left;
    }

    /** Sends a flow's packets on, as far as the number goes; returns what is left of it. */
    private int release(ParkedFlow flow, int most, Exit exit) {
        int left = most;
        while (left > 0 && flow.packets() > 0) {
            int length = parked.copyOldest(flow, scratch);
            Onward onward = exit.leave(flow, scratch, length);
            zero(scratch, length);
            if (onward == Onward.BUSY) {
                return 0;
            }
            if (onward == Onward.NO_SA) {
                flow.due(false);
                stillWithoutSa(flow);
                return left;
            }
            if (onward == Onward.SENT) {
                flow.carry();
                counters.released();
            }
            parked.removeOldest(flow);
            left--;
        }
        if (flow.packets() == 0) {
            end(flow);
        }
        return left;
    }

    /** The SA that was promised, or seen, has gone again. */
    private void stillWithoutSa(ParkedFlow flow) {
        if (flow.answer() == ParkedFlow.Answer.PROCEED && (flow.askAgain() >= MOST_QUESTIONS || !ask(flow))) {
            refuse(flow);
        }
    }

    private void refuse(ParkedFlow flow) {
        if (flow.packets() > 0) {
            int length = parked.copyOldest(flow, scratch);
            reply(flow.refusal(), length);
            zero(scratch, length);
        }
        giveUp(flow, DropReason.NO_SA);
    }

    /** One answer for a flow: its packets come from one socket. */
    private void reply(PacketRefusal refusal, int length) {
        long ip = scratch + VirtioHeader.SIZE;
        if (!packet.parse(ip, length - VirtioHeader.SIZE)) {
            return;
        }
        int written = RefusalWriter.write(refusal, ip, packet, answer);
        if (written > 0 && (!RefusalWriter.answersByIcmp(refusal, packet) || icmp.take(now))) {
            answers.offer(answer, written);
        }
    }

    private void giveUp(ParkedFlow flow, DropReason reason) {
        drops.count(reason, flow.packets());
        counters.refused(flow.packets());
        end(flow);
    }

    private void end(ParkedFlow flow) {
        parked.close(flow);
        gate.forget(flow);
    }

    /** Drops what is left. */
    void close() {
        for (ParkedFlow flow = parked.oldest(); flow != null; flow = parked.oldest()) {
            giveUp(flow, DropReason.NO_SA);
        }
    }

    /** Returns the arena that keeps the buffers alive. */
    Arena arena() {
        return arena;
    }
}
