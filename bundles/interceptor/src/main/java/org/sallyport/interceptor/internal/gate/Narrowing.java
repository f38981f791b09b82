package org.sallyport.interceptor.internal.gate;

import java.util.List;
import java.util.Set;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.PfpFlag;
import org.sallyport.api.policy.Policy;

/** Takes from the flow what an entry's PFP flags say (RFC 4301 section 4.4.1.2). */
final class Narrowing {
    private Narrowing() {}

    /** Returns what to propose for a flow that the entry matches: the entry's selectors, narrowed by its PFP flags. */
    static Selectors narrow(Policy policy, Flow flow) {
        Set<PfpFlag> flags = policy.pfp();
        if (flags.isEmpty()) {
            return policy.selectors();
        }
        TrafficSelector local = side(
                policy.selectors().local(),
                exact(flow.protocol(), flow.localPort(), AddressRange.of(flow.local())),
                flags.contains(PfpFlag.PROTOCOL),
                flags.contains(PfpFlag.LOCAL_PORT),
                flags.contains(PfpFlag.LOCAL_ADDRESS));
        TrafficSelector remote = side(
                policy.selectors().remote(),
                exact(flow.protocol(), flow.remotePort(), AddressRange.of(flow.remote())),
                flags.contains(PfpFlag.PROTOCOL),
                flags.contains(PfpFlag.REMOTE_PORT),
                flags.contains(PfpFlag.REMOTE_ADDRESS));
        return new Selectors(List.of(local), List.of(remote));
    }

    private static TrafficSelector side(
            List<TrafficSelector> entry, TrafficSelector flow, boolean protocol, boolean port, boolean address) {
        TrafficSelector matching =
                entry.stream().filter(s -> s.contains(flow)).findFirst().orElseGet(entry::getFirst);
        // A port means something under a protocol alone.
        int narrowedProtocol = protocol || port ? flow.protocol() : matching.protocol();
        return new TrafficSelector(
                narrowedProtocol,
                port ? flow.ports() : matching.ports(),
                address ? flow.addresses() : matching.addresses());
    }

    private static TrafficSelector exact(int protocol, int port, AddressRange address) {
        return new TrafficSelector(protocol, port == Flow.OPAQUE_PORT ? PortRange.OPAQUE : PortRange.of(port), address);
    }
}
