package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Policy;
import org.sallyport.ike.internal.core.Session;

/** Selectors of a side whose address the other side assigns (RFC 7296 section 2.19). */
final class AssignedSelectors {
    private AssignedSelectors() {}

    /**
     * Returns what to propose under a policy: where its local addresses are those that the peer assigns, any address of the
     * families that are asked for as long as none is assigned, and then those.
     */
    static Selectors proposed(Session session, Policy policy, Selectors selectors) {
        if (!policy.localAssigned()) {
            return selectors;
        }
        List<AddressRange> local = session.state().assigned.addresses().stream()
                .map(AddressRange::of)
                .toList();
        if (local.isEmpty()) {
            local = session.peer().orElseThrow().requestedAddresses().stream()
                    .map(a -> Addresses.isIpv4(a) ? AddressRange.ANY_IPV4 : AddressRange.ANY_IPV6)
                    .toList();
        }
        return with(selectors, local).orElse(selectors);
    }

    private static Optional<Selectors> with(Selectors selectors, List<AddressRange> local) {
        List<TrafficSelector> ours = local.stream()
                .flatMap(range -> selectors.local().stream()
                        .filter(s -> s.addresses().isIpv4() == range.isIpv4())
                        .map(s -> new TrafficSelector(s.protocol(), s.ports(), range)))
                .distinct()
                .toList();
        List<TrafficSelector> theirs = selectors.remote().stream()
                .filter(s ->
                        local.stream().anyMatch(r -> r.isIpv4() == s.addresses().isIpv4()))
                .toList();
        return ours.isEmpty() || theirs.isEmpty() ? Optional.empty() : Optional.of(new Selectors(ours, theirs));
    }

    /**
     * Returns what of agreed selectors the policy in force means: a peer that assigned us one address may have agreed to
     * any.
     */
    static Optional<Selectors> meant(Session session, String policy, Selectors agreed) {
        boolean assigned = session.context()
                .spd()
                .current()
                .policy(policy)
                .filter(Policy::localAssigned)
                .isPresent();
        if (!assigned) {
            return Optional.of(agreed);
        }
        List<TrafficSelector> local =
                within(agreed.local(), session.state().assigned.addresses());
        return local.isEmpty() ? Optional.empty() : Optional.of(new Selectors(local, agreed.remote()));
    }

    /** Returns the part of selectors that lies within some addresses. */
    static List<TrafficSelector> within(List<TrafficSelector> selectors, List<InetAddress> addresses) {
        return addresses.stream()
                .map(a -> TrafficSelector.of(AddressRange.of(a)))
                .flatMap(a -> selectors.stream().flatMap(s -> s.intersect(a).stream()))
                .distinct()
                .toList();
    }
}
