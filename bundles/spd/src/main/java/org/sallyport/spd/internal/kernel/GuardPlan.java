package org.sallyport.spd.internal.kernel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.kernel.GuardEntry.Fragments;

/**
 * The guard: packet filter rules that drop what policy protects or discards when it leaves or enters in clear. Immutable.
 *
 * <p>What leaves is judged after routing and before source NAT, so that the addresses are the flow's own and the way out
 * is the final one. What enters is judged on its way to a socket or through this host, after any NAT is undone. What
 * passes through is judged as what leaves and as what enters, since either side may be ours: it passes when neither
 * forbids it.
 *
 * @param layers asked one after the other; the first that has a packet decides; no packet is in two entries of one
 * @param discardForwarded whether forwarded packets that are in none are dropped
 * @param streams whether connections of the appliance's own to or from TCP port 4500 are let pass (RFC 9329)
 */
record GuardPlan(List<List<GuardEntry>> layers, boolean discardForwarded, boolean streams) {
    GuardPlan {
        layers = layers.stream().map(List::copyOf).toList();
    }

    /**
     * Compiles policies in the order in which they are asked. Fragments that an earlier one drops need no second entry,
     * of which each would make a layer.
     */
    static GuardPlan compile(List<Policy> policies, List<PadEntry> peers, Enforcement enforcement) {
        Set<Fragments> fragments = new HashSet<>();
        List<GuardEntry> entries = policies.stream()
                .flatMap(p -> GuardEntry.of(p).stream())
                .filter(e -> e.fragments().map(fragments::add).orElse(true))
                .toList();
        return new GuardPlan(
                Layers.of(entries, e -> e.pair().isIpv4(), GuardEntry::box, GuardEntry::isApartByInterface),
                enforcement.forwardedDefault() == Enforcement.Default.DISCARD,
                peers.stream().anyMatch(PadEntry::speaksTcp));
    }

    /** Tells whether some packets are led past the divert rules by a mark. */
    boolean hasMarks() {
        return layers.stream().anyMatch(GuardPlan::hasMarks);
    }

    /** Returns the layers up to the last one that marks something: each can take a packet from those after it. */
    List<List<GuardEntry>> markingLayers() {
        int needed = 0;
        for (int i = 0; i < layers.size(); i++) {
            needed = hasMarks(layers.get(i)) ? i + 1 : needed;
        }
        return layers.subList(0, needed);
    }

    private static boolean hasMarks(List<GuardEntry> layer) {
        return layer.stream().anyMatch(GuardEntry::marked);
    }

    /** Refuses what the filter cannot express exactly. */
    static void check(Policy policy) throws InexpressibleException {
        for (Pair pair : Pair.of(policy)) {
            for (PortRange ports : List.of(pair.localPorts(), pair.remotePorts())) {
                if (ports.equals(PortRange.OPAQUE)) {
                    throw new InexpressibleException(
                            "protocol", "opaque", "ports that cannot be seen are not enforced");
                }
            }
            if (pair.namesPorts() && !pair.hasTypes() && !IpProtocol.hasPorts(pair.protocol())) {
                throw new InexpressibleException(
                        "protocol",
                        IpProtocol.name(pair.protocol()),
                        "the kernel's filter sees no ports in this protocol; leave them out");
            }
        }
    }
}
