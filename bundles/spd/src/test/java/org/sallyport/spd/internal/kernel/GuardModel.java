package org.sallyport.spd.internal.kernel;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.spd.oracle.Oracle;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.Packet.Shape;

/**
 * What nftables does with the guard's chains: the layers of each plan one after the other, from our side outward in
 * "output", inward in "input" and both ways in "forward". Of fragments only those entries are asked that look at no more
 * than what can be seen. Not modelled are the exemptions of the appliance's own packets and of
 * neighbour discovery, and how the text comes to be; that is tried in a real kernel.
 */
final class GuardModel {
    private final Collection<GuardPlan> plans;

    GuardModel(Collection<GuardPlan> plans) {
        this.plans = plans;
    }

    /** Tells whether a packet in clear gets past every plan. */
    boolean passes(Packet packet) {
        return packet.shape() != Shape.CUT && plans.stream().allMatch(plan -> passes(plan, packet));
    }

    private static boolean passes(GuardPlan plan, Packet packet) {
        if (packet.enteredBy().isEmpty()) {
            return !drops(decisive(plan.layers(), packet, true));
        }
        if (packet.leavesBy().isEmpty()) {
            return !drops(decisive(plan.layers(), packet, false));
        }
        Optional<GuardEntry> outward = decisive(plan.layers(), packet, true);
        Optional<GuardEntry> inward = decisive(plan.layers(), packet, false);
        boolean known = outward.isPresent() || inward.isPresent();
        return !drops(outward) && !drops(inward) && (known || !plan.discardForwarded());
    }

    /** Tells whether a packet is led past the divert rules by a mark, before it is routed. */
    static boolean marks(GuardPlan plan, Packet packet) {
        Optional<GuardEntry> outward = decisive(plan.layers(), packet, true);
        if (outward.isPresent() || packet.enteredBy().isEmpty()) {
            return outward.map(GuardEntry::marked).orElse(false);
        }
        List<List<GuardEntry>> anywhere = plan.markingLayers().stream()
                .map(layer -> layer.stream()
                        .filter(e -> e.networkInterface().isEmpty())
                        .toList())
                .toList();
        return decisive(anywhere, packet, false).map(GuardEntry::marked).orElse(false);
    }

    private static boolean drops(Optional<GuardEntry> entry) {
        return entry.map(GuardEntry::drop).orElse(false);
    }

    private static Optional<GuardEntry> decisive(List<List<GuardEntry>> layers, Packet packet, boolean outward) {
        for (List<GuardEntry> layer : layers) {
            List<GuardEntry> found =
                    layer.stream().filter(e -> holds(e, packet, outward)).toList();
            if (found.size() > 1) {
                throw new IllegalStateException("two of one layer hold " + packet + ": " + found);
            }
            if (!found.isEmpty()) {
                return Optional.of(found.getFirst());
            }
        }
        return Optional.empty();
    }

    private static boolean holds(GuardEntry entry, Packet packet, boolean outward) {
        Pair pair = entry.pair();
        String ours = outward ? packet.enteredBy() : packet.leavesBy();
        boolean byInterface = entry.networkInterface().isEmpty()
                || (packet.isForwarded() && entry.networkInterface().get().equals(ours));
        boolean header = byInterface
                && pair.isIpv4() == packet.ipv4()
                && within(pair.local(), outward ? packet.source() : packet.destination())
                && within(pair.remote(), outward ? packet.destination() : packet.source())
                && (pair.protocol() == 0
                        || entry.kind() == GuardEntry.Kind.OPAQUE_FRAGMENTS
                        || pair.protocol() == packet.protocol());
        return header
                && entry.kind().isFor(sight(packet))
                && switch (entry.kind()) {
                    case ADDRESSES, PROTOCOL, LATER_FRAGMENTS, OPAQUE_FRAGMENTS -> true;
                    case TYPE -> within(pair.localPorts(), packet.type() * 256 + packet.code());
                    case PORTS ->
                        within(pair.localPorts(), outward ? packet.sourcePort() : packet.destinationPort())
                                && within(pair.remotePorts(), outward ? packet.destinationPort() : packet.sourcePort());
                };
    }

    private static GuardEntry.Sight sight(Packet packet) {
        return switch (packet.shape()) {
            case WHOLE, CUT -> GuardEntry.Sight.HEADERS;
            case LATER_FRAGMENT -> GuardEntry.Sight.LATER_FRAGMENT;
            case OPAQUE_FRAGMENT -> GuardEntry.Sight.OPAQUE_FRAGMENT;
        };
    }

    private static boolean within(AddressRange range, BigInteger address) {
        return Oracle.number(range.first()).compareTo(address) <= 0
                && Oracle.number(range.last()).compareTo(address) >= 0;
    }

    private static boolean within(PortRange range, int port) {
        return range.first() <= port && port <= range.last();
    }
}
