package org.sallyport.classifier.internal.flow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * A worker's own memory of what {@link OutboundTable} answered, so that a packet of a known flow costs one comparison. A
 * flow that meets another in its place displaces it. Belongs to one thread.
 */
public final class FlowCache {
    private static final int SIZE = 8192;
    private static final int FIELDS = 5;

    private final OutboundTable table;
    private final long[] keys = new long[SIZE * FIELDS];
    private final @Nullable Object[] answers = new Object[SIZE];
    private int version = -1;
    private @Nullable PolicyGeneration generation;

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
        int place = packet.flowHash() & (SIZE - 1);
        Object known = answers[place];
        if (known != null && matches(place * FIELDS, packet, ports)) {
            return known;
        }
        Object decided = table.decide(packet);
        remember(place, packet, ports, decided);
        return decided;
    }

    private void forgetWhatChanged() {
        int current = table.version();
        PolicyGeneration inForce = table.generation();
        if (current != version || inForce != generation) {
            Arrays.fill(answers, null);
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

    private void remember(int place, InnerPacket packet, long ports, Object answer) {
        int at = place * FIELDS;
        keys[at] = ports;
        keys[at + 1] = packet.sourceLow();
        keys[at + 2] = packet.destinationLow();
        keys[at + 3] = packet.sourceHigh();
        keys[at + 4] = packet.destinationHigh();
        answers[place] = answer;
    }
}
