package org.sallyport.classifier.internal.flow;

import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * A worker's own memory of what {@link OutboundTable} answered, so that a packet of a known flow costs a comparison or a
 * few. When the table changes all of it is out of date at once, which costs one number. A flow lies in one of a few
 * neighbouring places, the first that was out of date when it came, so that those in date come first; where all are in
 * date one gives way. Belongs to one thread.
 */
public final class FlowCache {
    private static final int SIZE = 1 << 15;
    private static final int WINDOW = 4;
    private static final int FIELDS = 6;
    private static final int ERA = 5;

    private final OutboundTable table;
    private final long[] keys = new long[SIZE * FIELDS];
    private final @Nullable Object[] answers = new Object[SIZE];
    private int version = -1;
    private @Nullable PolicyGeneration generation;
    /** Since the table changed last; what was remembered in another is out of date. */
    private long era;

    private int turn;

    public FlowCache(OutboundTable table) {
        this.table = table;
    }

    /** Answers with an {@link OutboundSa} or a {@link DropReason}. */
    public Object find(InnerPacket packet) {
        forgetWhatChanged();
        long ports = (long) packet.protocol() << 40
                | (packet.ipv4() ? 1L << 48 : 0)
                | (packet.sourcePort() & 0x1ffffL) << 20
                | (packet.destinationPort() & 0x1ffffL);
        int start = packet.flowHash();
        for (int i = 0; i < WINDOW; i++) {
            int place = (start + i) & (SIZE - 1);
            Object known = answers[place];
            if (known == null || keys[place * FIELDS + ERA] != era) {
                return decide(place, packet, ports);
            }
            if (matches(place * FIELDS, packet, ports)) {
                return known;
            }
        }
        return decide((start + (turn++ & WINDOW - 1)) & (SIZE - 1), packet, ports);
    }

    private void forgetWhatChanged() {
        int current = table.version();
        PolicyGeneration inForce = table.generation();
        if (current != version || inForce != generation) {
            era++;
            version = current;
            generation = inForce;
        }
    }

    private boolean matches(int at, InnerPacket packet, long ports) {
        return keys[at] == ports
                && keys[at + 1] == packet.sourceLow()
                && keys[at + 2] == packet.destinationLow()
                && keys[at + 3] == packet.sourceHigh()
                && keys[at + 4] == packet.destinationHigh();
    }

    private Object decide(int place, InnerPacket packet, long ports) {
        Object decided = table.decide(packet);
        int at = place * FIELDS;
        keys[at] = ports;
        keys[at + 1] = packet.sourceLow();
        keys[at + 2] = packet.destinationLow();
        keys[at + 3] = packet.sourceHigh();
        keys[at + 4] = packet.destinationHigh();
        keys[at + ERA] = era;
        answers[place] = decided;
        return decided;
    }
}
