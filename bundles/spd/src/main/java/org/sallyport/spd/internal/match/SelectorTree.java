package org.sallyport.spd.internal.match;

import java.util.function.IntPredicate;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.policy.Origin;

/**
 * The selectors of one address family in a tree of boxes: a node's box holds the boxes below it, and each knows the
 * lowest order below. A search asks the lowest orders first and leaves out what cannot hold the packet, or can no longer
 * decide. No selector stands in it twice, however many overlap. Immutable, thread safe; searching allocates nothing.
 *
 * <p>A box is a row of numbers, that of a selector and that of a node alike, and the rows of a node's children stand side
 * by side in the order in which they are asked.
 */
public final class SelectorTree {
    /** What a search answers when no selector holds the packet. */
    static final int NONE = Integer.MAX_VALUE;

    /** Children of a node at most. */
    static final int FANOUT = 8;

    /** Ports are kept with one added, so that 0 is the port that cannot be seen. */
    static final int PORT_BITS = 17;

    static final long PORT_MASK = (1 << PORT_BITS) - 1;
    static final long OCTET_MASK = 0xff;
    static final int FIRST_PROTOCOL_SHIFT = 2 * PORT_BITS;
    static final int LAST_PROTOCOL_SHIFT = FIRST_PROTOCOL_SHIFT + 8;
    static final int FORWARDED_ONLY_SHIFT = 2 * PORT_BITS;
    static final int COUNT_BITS = 8;

    static final int REMOTE_FIRST = 0;
    static final int REMOTE_LAST = 1;
    static final int LOCAL_FIRST = 2;
    static final int LOCAL_LAST = 3;
    static final int REMOTE_PORTS = 4;
    static final int LOCAL_PORTS = 5;
    static final int ORDER = 6;
    static final int CHILDREN = 7;
    static final int IPV4_WORDS = 8;
    static final int REMOTE_FIRST_HIGH = 8;
    static final int REMOTE_LAST_HIGH = 9;
    static final int LOCAL_FIRST_HIGH = 10;
    static final int LOCAL_LAST_HIGH = 11;
    static final int IPV6_WORDS = 12;

    private final long[] rows;
    private final int words;
    private final int roots;

    /**
     * @param rows the boxes
     * @param words numbers of a box
     * @param roots how many boxes, the first ones, belong to no node
     */
    SelectorTree(long[] rows, int words, int roots) {
        this.rows = rows;
        this.words = words;
        this.roots = roots;
    }

    /**
     * Finds the lowest order above another whose selector holds the packet.
     *
     * @param after the other, -1 for none
     * @param localPort 0 to 65535, or -1 when it cannot be seen
     * @return the order, or {@link #NONE}
     */
    int find(
            int after,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        return find(
                0,
                roots,
                after,
                NONE,
                localHigh,
                localLow,
                localPort + 1,
                remoteHigh,
                remoteLow,
                remotePort + 1,
                protocol,
                origin == Origin.FORWARDED ? 1 : 0);
    }

    private int find(
            int row,
            int count,
            int after,
            int best,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            int forwarded) {
        int lowest = best;
        int at = row * words;
        int end = at + count * words;
        for (; at < end; at += words) {
            int order = (int) rows[at + ORDER];
            if (order >= lowest) {
                return lowest;
            }
            if (!holds(at, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, forwarded)) {
                continue;
            }
            long children = rows[at + CHILDREN];
            if (children == 0) {
                if (order > after) {
                    return order;
                }
                continue;
            }
            lowest = find(
                    (int) (children >>> COUNT_BITS),
                    (int) (children & OCTET_MASK),
                    after,
                    lowest,
                    localHigh,
                    localLow,
                    localPort,
                    remoteHigh,
                    remoteLow,
                    remotePort,
                    protocol,
                    forwarded);
        }
        return lowest;
    }

    private boolean holds(
            int at,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            int forwarded) {
        boolean addresses = words == IPV4_WORDS
                ? rows[at + REMOTE_FIRST] <= remoteLow
                        && remoteLow <= rows[at + REMOTE_LAST]
                        && rows[at + LOCAL_FIRST] <= localLow
                        && localLow <= rows[at + LOCAL_LAST]
                : within(at, REMOTE_FIRST_HIGH, REMOTE_FIRST, remoteHigh, remoteLow)
                        && within(at, LOCAL_FIRST_HIGH, LOCAL_FIRST, localHigh, localLow);
        if (!addresses) {
            return false;
        }
        long remotePorts = rows[at + REMOTE_PORTS];
        long localPorts = rows[at + LOCAL_PORTS];
        return (remotePorts >>> FIRST_PROTOCOL_SHIFT & OCTET_MASK) <= protocol
                && protocol <= (remotePorts >>> LAST_PROTOCOL_SHIFT & OCTET_MASK)
                && (remotePorts & PORT_MASK) <= remotePort
                && remotePort <= (remotePorts >>> PORT_BITS & PORT_MASK)
                && (localPorts & PORT_MASK) <= localPort
                && localPort <= (localPorts >>> PORT_BITS & PORT_MASK)
                && localPorts >>> FORWARDED_ONLY_SHIFT <= forwarded;
    }

    /**
     * Finds the selectors that have something in common with a box and a lower order than it.
     *
     * @param found gets their orders, in no particular order, and tells whether it wants more
     */
    public void earlierOverlaps(Box box, IntPredicate found) {
        earlierOverlaps(0, roots, box, found);
    }

    private boolean earlierOverlaps(int row, int count, Box box, IntPredicate found) {
        int end = (row + count) * words;
        for (int at = row * words; at < end && rows[at + ORDER] < box.order(); at += words) {
            if (meets(at, box)) {
                long children = rows[at + CHILDREN];
                boolean more = children == 0
                        ? found.test((int) rows[at + ORDER])
                        : earlierOverlaps((int) (children >>> COUNT_BITS), (int) (children & OCTET_MASK), box, found);
                if (!more) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean meets(int at, Box box) {
        long remotePorts = rows[at + REMOTE_PORTS];
        long localPorts = rows[at + LOCAL_PORTS];
        return meets(at, REMOTE_FIRST_HIGH, REMOTE_FIRST, box.remoteFirst(), box.remoteLast())
                && meets(at, LOCAL_FIRST_HIGH, LOCAL_FIRST, box.localFirst(), box.localLast())
                && (remotePorts >>> FIRST_PROTOCOL_SHIFT & OCTET_MASK) <= box.protocolLast()
                && box.protocolFirst() <= (remotePorts >>> LAST_PROTOCOL_SHIFT & OCTET_MASK)
                && (remotePorts & PORT_MASK) <= box.remotePortLast()
                && box.remotePortFirst() <= (remotePorts >>> PORT_BITS & PORT_MASK)
                && (localPorts & PORT_MASK) <= box.localPortLast()
                && box.localPortFirst() <= (localPorts >>> PORT_BITS & PORT_MASK);
    }

    private boolean meets(int at, int highWord, int lowWord, Box.Number128 first, Box.Number128 last) {
        long firstHigh = words == IPV4_WORDS ? 0 : rows[at + highWord];
        long lastHigh = words == IPV4_WORDS ? 0 : rows[at + highWord + 1];
        return Addresses.compare(firstHigh, rows[at + lowWord], last.high(), last.low()) <= 0
                && Addresses.compare(first.high(), first.low(), lastHigh, rows[at + lowWord + 1]) <= 0;
    }

    private boolean within(int at, int highWord, int lowWord, long high, long low) {
        return Addresses.compare(rows[at + highWord], rows[at + lowWord], high, low) <= 0
                && Addresses.compare(high, low, rows[at + highWord + 1], rows[at + lowWord + 1]) <= 0;
    }
}
