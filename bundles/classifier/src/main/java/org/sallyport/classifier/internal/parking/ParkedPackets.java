package org.sallyport.classifier.internal.parking;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * The packets that one worker has parked, in a queue for each flow, within {@link ParkingBounds}. When the whole is full,
 * the source that uses most gives way to one that would still use less: its newest packet, or its newest flow, goes.
 * Nothing is allocated for a packet of a flow that is parked already. Belongs to one thread.
 */
public final class ParkedPackets {
    /** What became of a packet. */
    public enum Fate {
        PARKED,
        /** TCP's own repetition of a handshake segment that is parked. */
        REPEATED,
        /** A bound was met. */
        FULL
    }

    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    private final ParkingBounds bounds;
    private final ParkingCounters counters;
    private final Consumer<ParkedFlow> evicted;
    private final CellStore store;
    private final @Nullable ParkedFlow[] buckets;
    private final Map<Source.Key, Source> sources = new HashMap<>();
    private final List<Source> sourceList = new ArrayList<>();
    private final Heaviest mostFlows = new Heaviest(source -> source.flows);
    private final Heaviest mostPackets = new Heaviest(source -> source.packets);
    private final Heaviest mostCells = new Heaviest(source -> source.cells);
    private int flows;
    private int packets;
    private @Nullable ParkedFlow oldest;
    private @Nullable ParkedFlow newest;
    private @Nullable ParkedFlow cursor;

    /**
     * @param evicted told of each flow that gave way to another
     */
    public ParkedPackets(ParkingBounds bounds, ParkingCounters counters, Consumer<ParkedFlow> evicted) {
        this.bounds = bounds;
        this.counters = counters;
        this.evicted = evicted;
        this.store = new CellStore(bounds.cells());
        this.buckets = new ParkedFlow[Math.max(16, Integer.highestOneBit(bounds.flows()) * 2)];
    }

    public boolean isEmpty() {
        return flows == 0;
    }

    /** A batch begins: whoever uses most is looked for at most once in it. */
    public void beginBatch() {
        mostFlows.beginBatch();
        mostPackets.beginBatch();
        mostCells.beginBatch();
    }

    /** Finds the flow of a packet. */
    public @Nullable ParkedFlow find(InnerPacket packet) {
        int hash = ParkedFlow.hash(packet);
        ParkedFlow candidate = buckets[hash & buckets.length - 1];
        while (candidate != null && !(candidate.hash == hash && candidate.matches(packet))) {
            candidate = candidate.inBucket;
        }
        return candidate;
    }

    /** Begins a flow that is not here yet, with no packet; null when a bound is met. */
    public @Nullable ParkedFlow open(InnerPacket packet, PacketRefusal refusal, long now) {
        Source source = source(packet);
        if (source.flows >= bounds.flowsOfOneSource() || (flows >= bounds.flows() && !makeRoomForFlow(source))) {
            leaveIfEmpty(source);
            counters.overflowed();
            return null;
        }
        ParkedFlow flow = new ParkedFlow(packet, ParkedFlow.hash(packet), source, refusal, now);
        int bucket = flow.hash & buckets.length - 1;
        flow.inBucket = buckets[bucket];
        buckets[bucket] = flow;
        flow.older = newest;
        if (newest == null) {
            oldest = flow;
        } else {
            newest.newer = flow;
        }
        newest = flow;
        source.add(flow);
        flows++;
        counters.flow(1);
        return flow;
    }

    private Source source(InnerPacket packet) {
        return sources.computeIfAbsent(
                new Source.Key(packet.ipv4(), packet.sourceHigh(), packet.sourceLow()), this::newSource);
    }

    private Source newSource(Source.Key key) {
        Source source = new Source(key);
        source.place = sourceList.size();
        sourceList.add(source);
        return source;
    }

    private void leaveIfEmpty(Source source) {
        if (source.flows > 0) {
            return;
        }
        sources.remove(source.key);
        Source last = sourceList.removeLast();
        if (last != source) {
            sourceList.set(source.place, last);
            last.place = source.place;
        }
        mostFlows.forget(source);
        mostPackets.forget(source);
        mostCells.forget(source);
    }

    /**
     * Adds a packet to the end of its flow's queue.
     *
     * @param header address of the virtio header, which the packet follows
     * @param length octets of both
     */
    public Fate add(ParkedFlow flow, long header, int length, InnerPacket packet) {
        long number = handshake(header + VirtioHeader.SIZE, packet);
        if (number >= 0 && flow.repeats(number)) {
            counters.repeated();
            return Fate.REPEATED;
        }
        int cells = CellStore.cells(length);
        Source source = flow.source;
        if (flow.packets >= bounds.packetsPerFlow()
                || source.packets >= bounds.packetsOfOneSource()
                || source.cells + cells > bounds.cellsOfOneSource()
                || !makeRoom(source, cells)) {
            flow.forget(number);
            counters.overflowed();
            return Fate.FULL;
        }
        int added = store.put(header, length);
        store.link(flow.last, added);
        if (flow.first == CellStore.NONE) {
            flow.first = added;
        }
        flow.last = added;
        count(flow, 1, cells, length);
        return Fate.PARKED;
    }

    /** Returns what tells one handshake segment from another: sequence number, and whether it acknowledges; or -1. */
    private static long handshake(long ip, InnerPacket packet) {
        int transport = packet.transport();
        if (packet.protocol() != IpProtocol.TCP || packet.laterFragment() || packet.length() < transport + 20) {
            return -1;
        }
        int flags = getByte(ip + transport + 13);
        return (flags & SYN) == 0
                ? -1
                : Integer.toUnsignedLong(netInt(ip + transport + 4)) | (long) (flags & ACK) << 32;
    }

    private void count(ParkedFlow flow, int sign, int cells, int length) {
        flow.packets += sign;
        flow.source.packets += sign;
        flow.source.cells += sign * cells;
        packets += sign;
        counters.packet(sign, length - VirtioHeader.SIZE);
    }

    private boolean makeRoomForFlow(Source claimant) {
        Source most = mostFlows.givingWay(sourceList, claimant, 1);
        if (most == null || most.newest == null) {
            return false;
        }
        evict(most.newest);
        return true;
    }

    private boolean makeRoom(Source claimant, int cells) {
        while (packets >= bounds.packets()) {
            if (!evictPacket(mostPackets.givingWay(sourceList, claimant, 1))) {
                return false;
            }
        }
        while (store.left() < cells) {
            if (!evictPacket(mostCells.givingWay(sourceList, claimant, cells))) {
                return false;
            }
        }
        return true;
    }

    private boolean evictPacket(@Nullable Source source) {
        ParkedFlow flow = source == null ? null : source.newest;
        if (flow == null) {
            return false;
        }
        if (flow.packets <= 1) {
            evict(flow);
            return true;
        }
        int gone = flow.last;
        flow.last = store.earlier(gone);
        store.link(flow.last, CellStore.NONE);
        flow.forgetHandshake();
        free(flow, gone);
        counters.overflowed();
        return true;
    }

    private void evict(ParkedFlow flow) {
        for (int i = flow.packets; i > 0; i--) {
            counters.overflowed();
        }
        close(flow);
        evicted.accept(flow);
    }

    private void free(ParkedFlow flow, int packet) {
        int length = store.length(packet);
        store.free(packet);
        count(flow, -1, CellStore.cells(length), length);
    }

    /** Copies the oldest packet of a flow that has one, with its virtio header; returns the octets of both. */
    public int copyOldest(ParkedFlow flow, long to) {
        return store.copyTo(flow.first, to);
    }

    /** Wipes and forgets the oldest packet of a flow that has one. */
    public void removeOldest(ParkedFlow flow) {
        int gone = flow.first;
        flow.first = store.later(gone);
        if (flow.first == CellStore.NONE) {
            flow.last = CellStore.NONE;
        } else {
            store.link(CellStore.NONE, flow.first);
        }
        free(flow, gone);
    }

    /** Ends a flow; wipes and forgets what is left of it. */
    public void close(ParkedFlow flow) {
        while (flow.packets > 0) {
            removeOldest(flow);
        }
        unlinkBucket(flow);
        unlinkAge(flow);
        flow.source.remove(flow);
        leaveIfEmpty(flow.source);
        flows--;
        counters.flow(-1);
        flow.end();
    }

    private void unlinkBucket(ParkedFlow flow) {
        int bucket = flow.hash & buckets.length - 1;
        ParkedFlow at = buckets[bucket];
        if (at == flow) {
            buckets[bucket] = flow.inBucket;
            return;
        }
        while (at != null && at.inBucket != flow) {
            at = at.inBucket;
        }
        if (at != null) {
            at.inBucket = flow.inBucket;
        }
    }

    private void unlinkAge(ParkedFlow flow) {
        if (cursor == flow) {
            cursor = flow.newer;
        }
        if (flow.older == null) {
            oldest = flow.newer;
        } else {
            flow.older.newer = flow.newer;
        }
        if (flow.newer == null) {
            newest = flow.older;
        } else {
            flow.newer.older = flow.older;
        }
    }

    /** Begins to go through all flows, from the oldest on. */
    public void rewind() {
        cursor = oldest;
    }

    /** Returns the next flow of the round that {@link #rewind} began; null when it has ended. */
    public @Nullable ParkedFlow next() {
        ParkedFlow result = cursor;
        if (result != null) {
            cursor = result.newer;
        }
        return result;
    }

    /** Returns the oldest flow. */
    public @Nullable ParkedFlow oldest() {
        return oldest;
    }

    /** Returns a flow that is here for too long. */
    public @Nullable ParkedFlow expired(long now) {
        ParkedFlow flow = oldest;
        return flow != null && now - flow.since() > bounds.longest().toNanos() ? flow : null;
    }
}
