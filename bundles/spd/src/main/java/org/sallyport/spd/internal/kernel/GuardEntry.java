package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.match.Box;

/**
 * What the guard does with the packets of one local and one remote selector of a policy. Immutable.
 *
 * @param pair the selectors
 * @param kind what is looked at
 * @param networkInterface the interface on our side, for forwarded packets alone
 * @param drop whether they are dropped, or let pass
 * @param marked whether only a mark can lead them past the divert rules
 * @param policy the policy's name, for people
 */
record GuardEntry(
        Pair pair, Kind kind, Optional<String> networkInterface, boolean drop, boolean marked, String policy) {
    /** What of a packet is looked at besides its addresses. */
    enum Kind {
        ADDRESSES,
        PROTOCOL,
        PORTS,
        /** Type and code of ICMP and IGMP, where the source port stands, but on neither side. */
        TYPE,
        /** Fragments without ports, which may belong to packets whose ports are forbidden. */
        LATER_FRAGMENTS,
        /** Fragments of which not even the protocol is known, and which may belong to packets whose protocol is forbidden. */
        OPAQUE_FRAGMENTS;

        /** Tells whether packets of which so much can be seen are asked about. */
        boolean isFor(Sight sight) {
            return switch (this) {
                case ADDRESSES -> true;
                case PROTOCOL -> sight != Sight.OPAQUE_FRAGMENT;
                case PORTS, TYPE -> sight == Sight.HEADERS;
                case LATER_FRAGMENTS -> sight == Sight.LATER_FRAGMENT;
                case OPAQUE_FRAGMENTS -> sight == Sight.OPAQUE_FRAGMENT;
            };
        }
    }

    /** How much of a packet can be seen. */
    enum Sight {
        /** The header of the upper layer. */
        HEADERS,
        /** The protocol, and no ports. */
        LATER_FRAGMENT,
        /**
         * Addresses alone: the fragment header of IPv6 is followed by another extension header, so what the protocol is
         * may be in another fragment (OPAQUE in RFC 4301 section 4.4.1.1).
         */
        OPAQUE_FRAGMENT
    }

    /** What entries that stand in one set have in common. */
    record Group(boolean ipv4, Kind kind, Optional<String> networkInterface, boolean drop, boolean marked) {}

    Group group() {
        return new Group(pair.isIpv4(), kind, networkInterface, drop, marked);
    }

    /** Returns the entries of a policy; no packet is in two of one pair. */
    static List<GuardEntry> of(Policy policy) {
        List<GuardEntry> entries = new ArrayList<>();
        boolean drop = policy.action() != Action.BYPASS;
        for (Pair pair : Pair.of(policy)) {
            boolean marked = DivertPlan.needsMark(policy, pair);
            entries.add(new GuardEntry(pair, kind(pair), policy.networkInterface(), drop, marked, policy.name()));
            if (pair.namesPorts() && drop) {
                entries.add(dropping(policy, pair, Kind.LATER_FRAGMENTS));
            }
            if (pair.protocol() != TrafficSelector.ANY_PROTOCOL && !pair.isIpv4() && drop) {
                entries.add(dropping(policy, pair, Kind.OPAQUE_FRAGMENTS));
            }
        }
        return entries;
    }

    private static GuardEntry dropping(Policy policy, Pair pair, Kind kind) {
        return new GuardEntry(pair, kind, policy.networkInterface(), true, false, policy.name());
    }

    private static Kind kind(Pair pair) {
        if (pair.namesPorts()) {
            return pair.hasTypes() ? Kind.TYPE : Kind.PORTS;
        }
        return pair.protocol() == TrafficSelector.ANY_PROTOCOL ? Kind.ADDRESSES : Kind.PROTOCOL;
    }

    /** Returns the packets that it is for. */
    Box box(int order) {
        Box box = Box.of(
                        order,
                        false,
                        new TrafficSelector(pair.protocol(), pair.localPorts(), pair.local()),
                        new TrafficSelector(
                                pair.protocol(), kind == Kind.TYPE ? PortRange.ANY : pair.remotePorts(), pair.remote()))
                .orElseThrow();
        return switch (kind) {
            case ADDRESSES, PROTOCOL, PORTS, TYPE -> box;
            case LATER_FRAGMENTS -> box.withoutPorts();
            case OPAQUE_FRAGMENTS -> box.withoutProtocol();
        };
    }

    /** What it holds of fragments, whosever it is. */
    record Fragments(Kind kind, AddressRange local, AddressRange remote, int protocol, Optional<String> by) {}

    /** Returns what it holds, if it is one for fragments without ports or protocol. */
    Optional<Fragments> fragments() {
        return switch (kind) {
            case ADDRESSES, PROTOCOL, PORTS, TYPE -> Optional.empty();
            case LATER_FRAGMENTS ->
                Optional.of(new Fragments(kind, pair.local(), pair.remote(), pair.protocol(), networkInterface));
            case OPAQUE_FRAGMENTS ->
                Optional.of(new Fragments(
                        kind, pair.local(), pair.remote(), TrafficSelector.ANY_PROTOCOL, networkInterface));
        };
    }

    /** Tells whether no packet can be of both, whatever its addresses and ports. */
    boolean isApartByInterface(GuardEntry other) {
        return networkInterface.isPresent()
                && other.networkInterface.isPresent()
                && !networkInterface.equals(other.networkInterface);
    }
}
