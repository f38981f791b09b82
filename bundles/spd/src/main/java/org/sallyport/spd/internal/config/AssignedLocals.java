package org.sallyport.spd.internal.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;

/**
 * What {@code local = assigned} means. As long as nothing is assigned, every local address, and nothing gets through; then
 * the assigned addresses, and what other local addresses send to the same remote ones is discarded.
 */
final class AssignedLocals {
    private static final String OTHERS = "+other-local";

    private AssignedLocals() {}

    /**
     * Returns what a policy comes to.
     *
     * @param assigned the addresses that peers assigned to this host, by the peers' names
     */
    static List<Policy> expand(Policy policy, Map<String, List<InetAddress>> assigned) {
        if (!policy.localAssigned()) {
            return List.of(policy);
        }
        String peer = policy.peer().orElseThrow().name();
        Optional<Selectors> selectors = selectors(policy.selectors(), assigned.getOrDefault(peer, List.of()));
        return selectors
                .map(s -> List.of(
                        policy.toBuilder(policy.name(), Action.PROTECT)
                                .selectors(s)
                                .localAssigned(false)
                                .build(),
                        Policy.builder(policy.name() + OTHERS, Action.DISCARD)
                                .order(policy.order())
                                .selectors(policy.selectors())
                                .names(policy.names())
                                .login(policy.login().orElse(null))
                                .build()))
                .orElse(List.of(policy));
    }

    private static Optional<Selectors> selectors(Selectors awaiting, List<InetAddress> addresses) {
        List<TrafficSelector> local = addresses.stream()
                .flatMap(a -> awaiting.local().stream()
                        .filter(s -> s.addresses().contains(a))
                        .map(s -> new TrafficSelector(s.protocol(), s.ports(), AddressRange.of(a))))
                .distinct()
                .toList();
        List<TrafficSelector> remote = awaiting.remote().stream()
                .filter(s -> addresses.stream()
                        .anyMatch(a -> Addresses.isIpv4(a) == s.addresses().isIpv4()))
                .toList();
        return local.isEmpty() || remote.isEmpty() ? Optional.empty() : Optional.of(new Selectors(local, remote));
    }

    /** Tells whether a policy is what another one of these leaves over. */
    static boolean isRest(Policy policy) {
        return policy.name().endsWith(OTHERS);
    }
}
