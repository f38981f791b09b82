package org.sallyport.classifier.internal.parking;

import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.classifier.internal.packet.FiveTuple;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * A flow whose packets wait for their SA. Its queue belongs to the worker that read them; what the gate answered may be
 * set by any thread.
 */
public final class ParkedFlow {
    /** What the gate has said. */
    public enum Answer {
        /** Nothing yet. */
        NONE,
        /** An SA stands, or none is needed. */
        PROCEED,
        /** No SA will stand. */
        REFUSE,
        /** There is nobody to ask. */
        NO_GATE
    }

    private final FiveTuple tuple;
    private final long fragment;
    private final PacketRefusal refusal;
    private final long since;

    final Source source;
    final int hash;

    @Nullable
    ParkedFlow inBucket;

    @Nullable
    ParkedFlow older;

    @Nullable
    ParkedFlow newer;

    @Nullable
    ParkedFlow olderOfSource;

    @Nullable
    ParkedFlow newerOfSource;

    int first = CellStore.NONE;
    int last = CellStore.NONE;
    int packets;
    private long handshake = -1;
    private boolean due;
    private int asked;

    private volatile Answer answer = Answer.NONE;
    private volatile boolean over;
    private volatile boolean carried;

    ParkedFlow(InnerPacket packet, int hash, Source source, PacketRefusal refusal, long now) {
        tuple = FiveTuple.of(packet);
        fragment = fragment(packet);
        this.refusal = refusal;
        this.since = now;
        this.source = source;
        this.hash = hash;
    }

    /** Pieces that do not show their ports are told apart by their packet. */
    private static long fragment(InnerPacket packet) {
        return packet.portsHidden() ? packet.fragmentId() & 0xffff_ffffL : -1;
    }

    static int hash(InnerPacket packet) {
        return packet.flowHash() ^ (int) fragment(packet) * 0x9e37_79b1;
    }

    boolean matches(InnerPacket packet) {
        return tuple.matches(packet) && fragment == fragment(packet);
    }

    /** Has a packet look as this flow's packets do, for whoever judges it. */
    public void describe(InnerPacket packet) {
        tuple.describe(packet);
    }

    /** Has a later piece look as it did when it was parked. */
    public void assumePorts(InnerPacket packet) {
        if (packet.laterFragment() && fragment < 0) {
            packet.assumePorts(tuple.sourcePort(), tuple.destinationPort());
        }
    }

    /** Returns the flow with our side local: these packets leave. */
    public Flow flow() {
        return tuple.asSent();
    }

    /** Notes the sequence number of a SYN; tells whether one with the same number is parked already. */
    boolean repeats(long number) {
        if (handshake == number) {
            return true;
        }
        handshake = number;
        return false;
    }

    /** The SYN with this number was not parked, after all. */
    void forget(long number) {
        if (handshake == number) {
            handshake = -1;
        }
    }

    void forgetHandshake() {
        handshake = -1;
    }

    /** Returns what its sender gets when no SA comes to stand. */
    public PacketRefusal refusal() {
        return refusal;
    }

    /** Returns when it was parked, boot time. */
    long since() {
        return since;
    }

    public int packets() {
        return packets;
    }

    /** Tells whether it waits to be sent; set and asked by its worker alone. */
    public boolean due() {
        return due;
    }

    public void due(boolean value) {
        due = value;
    }

    /** Counts another question to the gate; returns the number of all. */
    public int askAgain() {
        answer = Answer.NONE;
        return ++asked;
    }

    public Answer answer() {
        return answer;
    }

    void answer(Answer value) {
        answer = value;
    }

    /** Tells whether an SA has carried a packet of it. */
    boolean carried() {
        return carried;
    }

    /** An SA carries a packet of it. */
    public void carry() {
        if (!carried) {
            carried = true;
        }
    }

    /** Tells whether it has left the table. */
    public boolean over() {
        return over;
    }

    void end() {
        over = true;
    }
}
