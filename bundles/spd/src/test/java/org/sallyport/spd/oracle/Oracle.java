package org.sallyport.spd.oracle;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;

/**
 * RFC 4301 processing, plain and slow, from its text. It shares nothing with what it judges but the policies themselves:
 * addresses are numbers, selectors are compared one by one, entries are asked in their order (section 4.4.1: "the SPD is
 * an ordered database").
 *
 * <p>Local and remote are RFC 4301's words of section 4.4.1.1: local is the side that the SPD protects. What leaves has
 * its source there, what enters its destination. A gateway here has no interface that is the protected one by
 * configuration: a forwarded packet may belong to either side, so it is asked about as one that leaves and as one that
 * enters.
 */
public final class Oracle {
    private final List<Policy> entries;
    private final boolean discardForwarded;

    /**
     * @param entries in the order in which they are asked
     * @param discardForwarded whether forwarded packets that no entry matches are discarded (section 5.1: the default is
     *     "discard"; a host's own are bypassed until an entry says otherwise)
     */
    public Oracle(List<Policy> entries, boolean discardForwarded) {
        this.entries = entries;
        this.discardForwarded = discardForwarded;
    }

    /** What of a packet an entry looks at; a protocol or port of -1 is OPAQUE (section 4.4.1.1). */
    public record Seen(boolean ipv4, int protocol, BigInteger local, int localPort, BigInteger remote, int remotePort) {
        public static Seen leaving(Packet p) {
            return new Seen(p.ipv4(), protocol(p), p.source(), port(p, true), p.destination(), port(p, false));
        }

        public static Seen entering(Packet p) {
            return new Seen(p.ipv4(), protocol(p), p.destination(), port(p, false), p.source(), port(p, true));
        }

        /** Section 4.4.1.1: OPAQUE "for IPv6 only", where a fragment does not hold all extension headers. */
        private static int protocol(Packet p) {
            return p.protocolSeen() ? p.protocol() : -1;
        }

        /** Section 4.4.1.1: types and codes stand where ports stand; what cannot be seen is OPAQUE. */
        private static int port(Packet p, boolean source) {
            if (p.shape() != Packet.Shape.WHOLE) {
                return -1;
            }
            if (p.hasType()) {
                return p.type() * 256 + p.code();
            }
            if (p.hasPorts()) {
                return source ? p.sourcePort() : p.destinationPort();
            }
            return -1;
        }
    }

    /** SPD-S and SPD-O: the entry for a packet that leaves (section 5.1, step 2 and 3). */
    public Optional<Policy> entryLeaving(Packet packet) {
        return entry(Seen.leaving(packet), packet.enteredBy(), packet.isForwarded());
    }

    /** SPD-I: the entry for a packet that enters in clear (section 5.2, step 3 and 4). */
    public Optional<Policy> entryEntering(Packet packet) {
        return entry(Seen.entering(packet), packet.leavesBy(), packet.isForwarded());
    }

    /** The entry for what is seen, whatever the interface is. */
    public Optional<Policy> entry(Seen seen, boolean forwarded) {
        return entries.stream()
                .filter(e -> e.networkInterface().isEmpty() || forwarded)
                .filter(e -> holds(e, seen))
                .findFirst();
    }

    private Optional<Policy> entry(Seen seen, String inside, boolean forwarded) {
        return entries.stream()
                .filter(e -> byInterface(e, inside, forwarded))
                .filter(e -> holds(e, seen))
                .findFirst();
    }

    private static boolean byInterface(Policy entry, String inside, boolean forwarded) {
        return entry.networkInterface().isEmpty()
                || (forwarded && entry.networkInterface().get().equals(inside));
    }

    /** What happens to a packet that leaves: section 5.1. */
    public Action outbound(Packet packet) {
        return entryLeaving(packet).map(Policy::action).orElse(fallback(packet));
    }

    private Action fallback(Packet packet) {
        return packet.isForwarded() && discardForwarded ? Action.DISCARD : Action.BYPASS;
    }

    /**
     * Whether a packet may be on the wire in clear. Section 5.1: what leaves only when it is bypassed. Section 5.2: what
     * enters without IPsec only when an entry, or the default, bypasses it. Forwarded packets as both. What begins without
     * the header that it ought to begin with is in clear never (RFC 1858 section 3.1, RFC 7112 section 5).
     */
    public boolean mayBeInClear(Packet packet) {
        if (packet.shape() == Packet.Shape.CUT) {
            return false;
        }
        if (!packet.isForwarded()) {
            return packet.enteredBy().isEmpty() ? mayLeave(packet) : mayEnter(packet);
        }
        boolean known =
                entryLeaving(packet).isPresent() || entryEntering(packet).isPresent();
        return mayLeave(packet) && mayEnter(packet) && (known || !discardForwarded);
    }

    private boolean mayLeave(Packet packet) {
        return entryLeaving(packet).map(e -> e.action() == Action.BYPASS).orElse(true)
                && !mayBelongToForbidden(packet, Seen.leaving(packet), packet.enteredBy(), entryLeaving(packet));
    }

    private boolean mayEnter(Packet packet) {
        return entryEntering(packet).map(e -> e.action() == Action.BYPASS).orElse(true)
                && !mayBelongToForbidden(packet, Seen.entering(packet), packet.leavesBy(), entryEntering(packet));
    }

    /**
     * Section 7.4: a later fragment is not bypassed while its ports, or its protocol, which it does not carry, may be
     * those that an entry before the one that bypasses it protects or discards.
     */
    private boolean mayBelongToForbidden(Packet packet, Seen seen, String inside, Optional<Policy> found) {
        if (!packet.laterFragment()) {
            return false;
        }
        for (Policy entry : entries) {
            if (found.isPresent() && found.get() == entry) {
                return false;
            }
            if (entry.action() != Action.BYPASS
                    && byInterface(entry, inside, packet.isForwarded())
                    && mayHold(entry, seen)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Policy entry, Seen seen) {
        return entry.selectors().local().stream().anyMatch(s -> holds(s, seen, seen.local, seen.localPort))
                && entry.selectors().remote().stream().anyMatch(s -> holds(s, seen, seen.remote, seen.remotePort));
    }

    /** Whether it would hold it for some ports, and some protocol if that cannot be seen either. */
    private static boolean mayHold(Policy entry, Seen seen) {
        return entry.selectors().local().stream()
                        .anyMatch(s -> holdsAddress(s, seen, seen.local) && mayHoldProtocol(s, seen))
                && entry.selectors().remote().stream()
                        .anyMatch(s -> holdsAddress(s, seen, seen.remote) && mayHoldProtocol(s, seen));
    }

    private static boolean mayHoldProtocol(TrafficSelector selector, Seen seen) {
        return seen.protocol < 0 || holdsProtocol(selector, seen);
    }

    private static boolean holds(TrafficSelector selector, Seen seen, BigInteger address, int port) {
        return holdsAddress(selector, seen, address)
                && holdsProtocol(selector, seen)
                && holdsPort(selector.ports(), port);
    }

    private static boolean holdsAddress(TrafficSelector selector, Seen seen, BigInteger address) {
        AddressRange range = selector.addresses();
        boolean ipv4 = range.first().getAddress().length == 4;
        return ipv4 == seen.ipv4
                && number(range.first()).compareTo(address) <= 0
                && number(range.last()).compareTo(address) >= 0;
    }

    private static boolean holdsProtocol(TrafficSelector selector, Seen seen) {
        return selector.protocol() == 0 || selector.protocol() == seen.protocol;
    }

    /** Section 4.4.1.1: ANY holds OPAQUE; OPAQUE holds nothing but OPAQUE; a range never holds OPAQUE. */
    private static boolean holdsPort(PortRange range, int port) {
        boolean any = range.first() == 0 && range.last() == 65535;
        boolean opaque = range.first() == 65535 && range.last() == 0;
        if (port < 0) {
            return any || opaque;
        }
        return !opaque && range.first() <= port && port <= range.last();
    }

    public static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
