package org.sallyport.classifier.internal.flow;

import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * The ports of packets that come in pieces, of which only the first shows them (RFC 4301 section 7.3, stateful fragment
 * checking): later pieces are judged as the first was. Bounded: where it is full, what was remembered longest ago gives
 * way. Belongs to one thread.
 */
public final class FragmentMemory {
    /** As long as a receiver waits for the rest of a packet; RFC 4301 section 7.3 leaves it to us. */
    private static final long LIFETIME_NANOS = 30_000_000_000L;

    private static final int SIZE = 1024;
    private static final int WINDOW = 4;
    private static final int FIELDS = 8;
    private static final int IDENTITY = 0;
    private static final int SOURCE_HIGH = 1;
    private static final int SOURCE_LOW = 2;
    private static final int DESTINATION_HIGH = 3;
    private static final int DESTINATION_LOW = 4;
    private static final int PORTS = 5;
    private static final int LINEAGE = 6;
    private static final int UNTIL = 7;

    private final long[] entries = new long[SIZE * FIELDS];

    /**
     * Remembers the first piece of a packet.
     *
     * @param lineage by which it came, or 0
     */
    public void remember(InnerPacket first, long lineage, long now) {
        int at = place(first, now);
        entries[at + IDENTITY] = identity(first);
        entries[at + SOURCE_HIGH] = first.sourceHigh();
        entries[at + SOURCE_LOW] = first.sourceLow();
        entries[at + DESTINATION_HIGH] = first.destinationHigh();
        entries[at + DESTINATION_LOW] = first.destinationLow();
        entries[at + PORTS] = (long) first.sourcePort() << 32 | (first.destinationPort() & 0xffff_ffffL);
        entries[at + LINEAGE] = lineage;
        entries[at + UNTIL] = now + LIFETIME_NANOS;
    }

    /** Has a later piece look as the first did, if that came by the same lineage and not long ago. */
    public void recall(InnerPacket later, long lineage, long now) {
        int found = find(later);
        if (found >= 0 && entries[found + LINEAGE] == lineage && entries[found + UNTIL] > now) {
            later.assumePorts((int) (entries[found + PORTS] >> 32), (int) entries[found + PORTS]);
        }
    }

    private int place(InnerPacket packet, long now) {
        int known = find(packet);
        if (known >= 0) {
            return known;
        }
        int start = start(packet);
        int best = at(start, 0);
        for (int i = 0; i < WINDOW; i++) {
            int at = at(start, i);
            if (entries[at + UNTIL] <= now) {
                return at;
            }
            if (entries[at + UNTIL] < entries[best + UNTIL]) {
                best = at;
            }
        }
        return best;
    }

    private int find(InnerPacket packet) {
        int start = start(packet);
        for (int i = 0; i < WINDOW; i++) {
            int at = at(start, i);
            if (entries[at + IDENTITY] == identity(packet)
                    && entries[at + SOURCE_LOW] == packet.sourceLow()
                    && entries[at + DESTINATION_LOW] == packet.destinationLow()
                    && entries[at + SOURCE_HIGH] == packet.sourceHigh()
                    && entries[at + DESTINATION_HIGH] == packet.destinationHigh()) {
                return at;
            }
        }
        return -1;
    }

    private static int at(int start, int step) {
        return ((start + step) & (SIZE - 1)) * FIELDS;
    }

    /** Never 0, as an empty place has it. */
    private static long identity(InnerPacket packet) {
        return (packet.fragmentId() & 0xffff_ffffL)
                | (long) packet.protocol() << 32
                | (packet.ipv4() ? 1L << 40 : 1L << 41);
    }

    private static int start(InnerPacket packet) {
        long mixed = identity(packet) * 0x9e37_79b9_7f4a_7c15L;
        mixed = (mixed ^ packet.sourceLow() ^ packet.destinationLow() * 31) * 0xbf58_476d_1ce4_e5b9L;
        return (int) (mixed >>> 40);
    }
}
