package org.sallyport.spd.internal.match;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;

/**
 * One local and one remote selector of a policy as ranges of numbers. Ports are kept with one added: 0 is the port that
 * cannot be seen, which only "any" and "opaque" hold (RFC 4301 section 4.4.1.1). Immutable.
 *
 * @param order the policy's place
 * @param forwardedOnly whether it holds forwarded traffic alone
 * @param remoteFirst lowest remote address
 * @param remoteLast highest remote address
 * @param localFirst lowest local address
 * @param localLast highest local address
 * @param remotePortFirst lowest remote port and one
 * @param remotePortLast highest remote port and one
 * @param localPortFirst lowest local port and one
 * @param localPortLast highest local port and one
 * @param protocolFirst lowest protocol
 * @param protocolLast highest protocol
 */
public record Box(
        int order,
        boolean forwardedOnly,
        Number128 remoteFirst,
        Number128 remoteLast,
        Number128 localFirst,
        Number128 localLast,
        int remotePortFirst,
        int remotePortLast,
        int localPortFirst,
        int localPortLast,
        int protocolFirst,
        int protocolLast) {

    private static final int LAST_PROTOCOL = 255;

    /** An unsigned number of 128 bits. */
    public record Number128(long high, long low) implements Comparable<Number128> {
        @Override
        public int compareTo(Number128 other) {
            return Addresses.compare(high, low, other.high, other.low);
        }

        Number128 next() {
            return new Number128(low == -1 ? high + 1 : high, low + 1);
        }

        Number128 previous() {
            return new Number128(low == 0 ? high - 1 : high, low - 1);
        }
    }

    /** Makes the box of what both selectors hold, if there is something. */
    public static Optional<Box> of(int order, boolean forwardedOnly, TrafficSelector local, TrafficSelector remote) {
        boolean anyLocal = local.protocol() == TrafficSelector.ANY_PROTOCOL;
        boolean anyRemote = remote.protocol() == TrafficSelector.ANY_PROTOCOL;
        boolean apart = !anyLocal && !anyRemote && local.protocol() != remote.protocol();
        if (apart || local.addresses().isIpv4() != remote.addresses().isIpv4()) {
            return Optional.empty();
        }
        boolean any = anyLocal && anyRemote;
        int protocol = Math.max(local.protocol(), remote.protocol());
        return Optional.of(new Box(
                order,
                forwardedOnly,
                number(remote.addresses().first()),
                number(remote.addresses().last()),
                number(local.addresses().first()),
                number(local.addresses().last()),
                firstPort(remote.ports()),
                lastPort(remote.ports()),
                firstPort(local.ports()),
                lastPort(local.ports()),
                any ? 0 : protocol,
                any ? LAST_PROTOCOL : protocol));
    }

    private static Number128 number(java.net.InetAddress address) {
        return new Number128(Addresses.high(address), Addresses.low(address));
    }

    private static int firstPort(PortRange ports) {
        return ports.equals(PortRange.ANY) || ports.equals(PortRange.OPAQUE) ? 0 : ports.first() + 1;
    }

    private static int lastPort(PortRange ports) {
        return ports.equals(PortRange.OPAQUE) ? 0 : ports.last() + 1;
    }

    /** Returns what is in it and has no ports that could be seen. */
    public Box withoutPorts() {
        return new Box(
                order,
                forwardedOnly,
                remoteFirst,
                remoteLast,
                localFirst,
                localLast,
                0,
                0,
                0,
                0,
                protocolFirst,
                protocolLast);
    }

    /** Returns what is in it when not even the protocol can be seen, which is 0 here and only "any" holds. */
    public Box withoutProtocol() {
        return withNumbers(new int[6], 0, 0);
    }

    /** Returns the smallest box that holds both, with the lower order of the two. */
    Box union(Box other) {
        return new Box(
                Math.min(order, other.order),
                forwardedOnly && other.forwardedOnly,
                lower(remoteFirst, other.remoteFirst),
                higher(remoteLast, other.remoteLast),
                lower(localFirst, other.localFirst),
                higher(localLast, other.localLast),
                Math.min(remotePortFirst, other.remotePortFirst),
                Math.max(remotePortLast, other.remotePortLast),
                Math.min(localPortFirst, other.localPortFirst),
                Math.max(localPortLast, other.localPortLast),
                Math.min(protocolFirst, other.protocolFirst),
                Math.max(protocolLast, other.protocolLast));
    }

    /** Tells whether all of the other one is in it. */
    public boolean contains(Box other) {
        return remoteFirst.compareTo(other.remoteFirst) <= 0
                && other.remoteLast.compareTo(remoteLast) <= 0
                && localFirst.compareTo(other.localFirst) <= 0
                && other.localLast.compareTo(localLast) <= 0
                && remotePortFirst <= other.remotePortFirst
                && other.remotePortLast <= remotePortLast
                && localPortFirst <= other.localPortFirst
                && other.localPortLast <= localPortLast
                && protocolFirst <= other.protocolFirst
                && other.protocolLast <= protocolLast;
    }

    /** Tells whether they have something in common. */
    public boolean meets(Box other) {
        return remoteFirst.compareTo(other.remoteLast) <= 0
                && other.remoteFirst.compareTo(remoteLast) <= 0
                && localFirst.compareTo(other.localLast) <= 0
                && other.localFirst.compareTo(localLast) <= 0
                && remotePortFirst <= other.remotePortLast
                && other.remotePortFirst <= remotePortLast
                && localPortFirst <= other.localPortLast
                && other.localPortFirst <= localPortLast
                && protocolFirst <= other.protocolLast
                && other.protocolFirst <= protocolLast;
    }

    /** Returns boxes that make up what of it is not in the other one. */
    public List<Box> without(Box other) {
        if (!meets(other)) {
            return List.of(this);
        }
        List<Box> rest = new ArrayList<>();
        Box left = this;
        if (left.remoteFirst.compareTo(other.remoteFirst) < 0) {
            rest.add(left.withRemote(left.remoteFirst, other.remoteFirst.previous()));
            left = left.withRemote(other.remoteFirst, left.remoteLast);
        }
        if (other.remoteLast.compareTo(left.remoteLast) < 0) {
            rest.add(left.withRemote(other.remoteLast.next(), left.remoteLast));
            left = left.withRemote(left.remoteFirst, other.remoteLast);
        }
        if (left.localFirst.compareTo(other.localFirst) < 0) {
            rest.add(left.withLocal(left.localFirst, other.localFirst.previous()));
            left = left.withLocal(other.localFirst, left.localLast);
        }
        if (other.localLast.compareTo(left.localLast) < 0) {
            rest.add(left.withLocal(other.localLast.next(), left.localLast));
            left = left.withLocal(left.localFirst, other.localLast);
        }
        left.addRestOfNumbers(other, rest);
        return rest;
    }

    private void addRestOfNumbers(Box other, List<Box> rest) {
        int[] ours = numbers();
        int[] theirs = other.numbers();
        for (int i = 0; i < ours.length; i += 2) {
            if (ours[i] < theirs[i]) {
                rest.add(withNumbers(ours, i + 1, theirs[i] - 1));
                ours[i] = theirs[i];
            }
            if (theirs[i + 1] < ours[i + 1]) {
                rest.add(withNumbers(ours, i, theirs[i + 1] + 1));
                ours[i + 1] = theirs[i + 1];
            }
        }
    }

    private int[] numbers() {
        return new int[] {remotePortFirst, remotePortLast, localPortFirst, localPortLast, protocolFirst, protocolLast};
    }

    private Box withNumbers(int[] numbers, int at, int value) {
        int[] n = numbers.clone();
        n[at] = value;
        return new Box(
                order,
                forwardedOnly,
                remoteFirst,
                remoteLast,
                localFirst,
                localLast,
                n[0],
                n[1],
                n[2],
                n[3],
                n[4],
                n[5]);
    }

    private Box withRemote(Number128 first, Number128 last) {
        return new Box(
                order,
                forwardedOnly,
                first,
                last,
                localFirst,
                localLast,
                remotePortFirst,
                remotePortLast,
                localPortFirst,
                localPortLast,
                protocolFirst,
                protocolLast);
    }

    private Box withLocal(Number128 first, Number128 last) {
        return new Box(
                order,
                forwardedOnly,
                remoteFirst,
                remoteLast,
                first,
                last,
                remotePortFirst,
                remotePortLast,
                localPortFirst,
                localPortLast,
                protocolFirst,
                protocolLast);
    }

    private static Number128 lower(Number128 a, Number128 b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Number128 higher(Number128 a, Number128 b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Writes it as a row of the tree. */
    void write(long[] rows, int at, int words, long children) {
        rows[at + SelectorTree.REMOTE_FIRST] = remoteFirst.low;
        rows[at + SelectorTree.REMOTE_LAST] = remoteLast.low;
        rows[at + SelectorTree.LOCAL_FIRST] = localFirst.low;
        rows[at + SelectorTree.LOCAL_LAST] = localLast.low;
        rows[at + SelectorTree.REMOTE_PORTS] = ports(remotePortFirst, remotePortLast)
                | (long) protocolFirst << SelectorTree.FIRST_PROTOCOL_SHIFT
                | (long) protocolLast << SelectorTree.LAST_PROTOCOL_SHIFT;
        rows[at + SelectorTree.LOCAL_PORTS] =
                ports(localPortFirst, localPortLast) | (forwardedOnly ? 1L : 0L) << SelectorTree.FORWARDED_ONLY_SHIFT;
        rows[at + SelectorTree.ORDER] = order;
        rows[at + SelectorTree.CHILDREN] = children;
        if (words == SelectorTree.IPV6_WORDS) {
            rows[at + SelectorTree.REMOTE_FIRST_HIGH] = remoteFirst.high;
            rows[at + SelectorTree.REMOTE_LAST_HIGH] = remoteLast.high;
            rows[at + SelectorTree.LOCAL_FIRST_HIGH] = localFirst.high;
            rows[at + SelectorTree.LOCAL_LAST_HIGH] = localLast.high;
        }
    }

    private static long ports(int first, int last) {
        return first | (long) last << SelectorTree.PORT_BITS;
    }
}
