package org.sallyport.classifier.internal.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.classifier.internal.packet.FiveTuple;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * One direction of a flow that an SA carries, as the thread that carries it sees it. That thread alone writes, but for
 * {@link #forget}; any thread reads when it was used last, and whether it is closing.
 */
public final class FlowEntry {
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final VarHandle LAST_USED;

    static {
        try {
            LAST_USED = MethodHandles.lookup().findVarHandle(FlowEntry.class, "lastUsed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final boolean outbound;
    private final FiveTuple packets;
    private final ChildSaId lineage;

    @SuppressWarnings("UnusedVariable") // through the handle
    private long lastUsed;

    private volatile int closing;
    private volatile boolean forgotten;
    private long permitted;

    FlowEntry(InnerPacket packet, boolean outbound, ChildSaId lineage, long now) {
        this.outbound = outbound;
        this.lineage = lineage;
        packets = FiveTuple.of(packet);
        lastUsed = now;
    }

    boolean matches(InnerPacket packet) {
        return packets.matches(packet);
    }

    /** Returns the flow with our side local. */
    Flow flow() {
        Flow asSent = packets.asSent();
        return outbound ? asSent : asSent.reversed();
    }

    boolean outbound() {
        return outbound;
    }

    int protocol() {
        return packets.protocol();
    }

    ChildSaId lineage() {
        return lineage;
    }

    void use(long now) {
        if ((long) LAST_USED.getOpaque(this) != now) {
            LAST_USED.setOpaque(this, now);
        }
    }

    long lastUsed() {
        return (long) LAST_USED.getOpaque(this);
    }

    /** Notes what TCP says; tells whether this shortens or lengthens how long the flow may be idle. */
    boolean note(int tcpFlags) {
        if ((tcpFlags & (FIN | SYN | RST)) == 0) {
            return false;
        }
        int next = (tcpFlags & SYN) != 0 ? 0 : closing | (tcpFlags & (FIN | RST));
        boolean changed = next != closing;
        closing = next;
        return changed;
    }

    boolean finished() {
        return (closing & FIN) != 0;
    }

    boolean reset() {
        return (closing & RST) != 0;
    }

    /** The book has ended the flow: its next packet is news. */
    void forget() {
        forgotten = true;
    }

    boolean forgotten() {
        return forgotten;
    }

    /** Tells whether what was asked under this number allowed the flow. */
    public boolean permitted(long permission) {
        return permitted == permission;
    }

    /**
     * The flow may come.
     *
     * @param permission names SA and policies that were asked; never 0
     */
    public void permit(long permission) {
        permitted = permission;
    }
}
