package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        /** Type and code, where ports stand, but on neither side. */
        ICMP,
        /** Fragments without ports, which may belong to packets whose ports are forbidden. */
        LATER_FRAGMENTS
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
                entries.add(new GuardEntry(
                        pair, Kind.LATER_FRAGMENTS, policy.networkInterface(), true, false, policy.name()));
            }
        }
        return entries;
    }

    private static Kind kind(Pair pair) {
        if (pair.namesPorts()) {
            return pair.isIcmp() ? Kind.ICMP : Kind.PORTS;
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
                                pair.protocol(), kind == Kind.ICMP ? PortRange.ANY : pair.remotePorts(), pair.remote()))
                .orElseThrow();
        return kind == Kind.LATER_FRAGMENTS ? box.withoutPorts() : box;
    }

    /** Tells whether no packet can be of both, whatever its addresses and ports. */
    boolean isApartByInterface(GuardEntry other) {
        return networkInterface.isPresent()
                && other.networkInterface.isPresent()
                && !networkInterface.equals(other.networkInterface);
    }
}
