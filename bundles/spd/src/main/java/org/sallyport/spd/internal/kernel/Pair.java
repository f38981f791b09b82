package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Policy;

/**
 * One local and one remote selector of a policy that have flows in common. Immutable.
 *
 * @param local addresses of our side
 * @param remote addresses of the other side, of the same family
 * @param protocol IP protocol, 0 for any
 * @param localPorts ports of our side; for protocols with types, type × 256 + code, the same as {@code remotePorts}
 * @param remotePorts ports of the other side
 */
record Pair(AddressRange local, AddressRange remote, int protocol, PortRange localPorts, PortRange remotePorts) {
    /** Returns the pairs of a policy. */
    static List<Pair> of(Policy policy) {
        List<Pair> pairs = new ArrayList<>();
        for (TrafficSelector local : policy.selectors().local()) {
            for (TrafficSelector remote : policy.selectors().remote()) {
                of(local, remote).ifPresent(pairs::add);
            }
        }
        return pairs;
    }

    private static Optional<Pair> of(TrafficSelector local, TrafficSelector remote) {
        boolean apart = local.protocol() != remote.protocol()
                && local.protocol() != TrafficSelector.ANY_PROTOCOL
                && remote.protocol() != TrafficSelector.ANY_PROTOCOL;
        if (apart || local.addresses().isIpv4() != remote.addresses().isIpv4()) {
            return Optional.empty();
        }
        int protocol = Math.max(local.protocol(), remote.protocol());
        if (!IpProtocol.hasTypes(protocol)) {
            return Optional.of(
                    new Pair(local.addresses(), remote.addresses(), protocol, local.ports(), remote.ports()));
        }
        return local.ports()
                .intersect(remote.ports())
                .map(types -> new Pair(local.addresses(), remote.addresses(), protocol, types, types));
    }

    boolean isIpv4() {
        return local.isIpv4();
    }

    boolean hasTypes() {
        return IpProtocol.hasTypes(protocol);
    }

    /** Tells whether it names some ports, or types, and not others. */
    boolean namesPorts() {
        return !localPorts.equals(PortRange.ANY) || !remotePorts.equals(PortRange.ANY);
    }
}
