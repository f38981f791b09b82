package org.sallyport.classifier.internal.flow;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * The flows that one thread carries, one way, each with when it was used last. A flow costs one object when it is new and
 * a comparison for each packet; where the table is full, of a few neighbours the one that was idle longest gives way, and
 * is reported anew when it goes on. Belongs to one thread.
 */
public final class FlowTable {
    private static final int SIZE = 1 << 16;
    private static final int WINDOW = 8;

    private final boolean outbound;
    private final Predicate<FlowEntry> report;
    private final @Nullable FlowEntry[] places = new FlowEntry[SIZE];

    /**
     * @param outbound which way
     * @param report told of flows that are new, or begin to close; answers whether it could take that
     */
    public FlowTable(boolean outbound, Predicate<FlowEntry> report) {
        this.outbound = outbound;
        this.report = report;
    }

    /** Returns the flow of a packet if it is known, by this lineage; it does not count as used by that. */
    public @Nullable FlowEntry find(InnerPacket packet, ChildSaId lineage) {
        int start = packet.flowHash();
        for (int i = 0; i < WINDOW; i++) {
            FlowEntry entry = places[(start + i) & (SIZE - 1)];
            if (entry == null) {
                return null;
            }
            if (entry.matches(packet)) {
                return entry.lineage().number() != lineage.number() || entry.forgotten() ? null : entry;
            }
        }
        return null;
    }

    /** An SA carries a packet of a flow that was found. */
    public void use(FlowEntry entry, int tcpFlags, long now) {
        entry.use(now);
        if (tcpFlags != 0 && entry.note(tcpFlags)) {
            tell(entry);
        }
    }

    /**
     * An SA carries a packet.
     *
     * @param tcpFlags of a TCP segment, else 0
     * @return its flow
     */
    public FlowEntry carry(InnerPacket packet, ChildSaId lineage, int tcpFlags, long now) {
        int start = packet.flowHash();
        for (int i = 0; i < WINDOW; i++) {
            FlowEntry entry = places[(start + i) & (SIZE - 1)];
            if (entry == null) {
                return add((start + i) & (SIZE - 1), packet, lineage, tcpFlags, now);
            }
            if (entry.matches(packet)) {
                if (entry.lineage().number() != lineage.number() || entry.forgotten()) {
                    return add((start + i) & (SIZE - 1), packet, lineage, tcpFlags, now);
                }
                use(entry, tcpFlags, now);
                return entry;
            }
        }
        return add(idlest(start), packet, lineage, tcpFlags, now);
    }

    private FlowEntry add(int place, InnerPacket packet, ChildSaId lineage, int tcpFlags, long now) {
        FlowEntry entry = new FlowEntry(packet, outbound, lineage, now);
        entry.note(tcpFlags);
        places[place] = entry;
        tell(entry);
        return entry;
    }

    /** What could not be told now is told with the next packet. */
    private void tell(FlowEntry entry) {
        if (!report.test(entry)) {
            entry.forget();
        }
    }

    private int idlest(int start) {
        int found = start & (SIZE - 1);
        long oldest = Long.MAX_VALUE;
        for (int i = 0; i < WINDOW; i++) {
            FlowEntry entry = places[(start + i) & (SIZE - 1)];
            if (entry != null && entry.lastUsed() < oldest) {
                oldest = entry.lastUsed();
                found = (start + i) & (SIZE - 1);
            }
        }
        return found;
    }
}
