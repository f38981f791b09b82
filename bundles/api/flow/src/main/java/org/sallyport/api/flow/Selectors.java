package org.sallyport.api.flow;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a policy or an SA is for: a flow is within when one local and one remote selector hold it (RFC 4301 section
 * 4.4.1.1, RFC 7296 section 2.9). Immutable.
 *
 * @param local selectors of our side, at least one
 * @param remote selectors of the other side, at least one
 */
public record Selectors(List<TrafficSelector> local, List<TrafficSelector> remote) {
    public Selectors {
        local = List.copyOf(local);
        remote = List.copyOf(remote);
        if (local.isEmpty() || remote.isEmpty()) {
            throw new IllegalArgumentException("selectors need at least one local and one remote entry");
        }
    }

    /** Tells whether the flow lies within. */
    public boolean contains(Flow flow) {
        return anyContains(local, flow.protocol(), flow.local(), flow.localPort())
                && anyContains(remote, flow.protocol(), flow.remote(), flow.remotePort());
    }

    /** Tells whether every selector of the other lies within one of ours. */
    public boolean contains(Selectors other) {
        return within(other.local, local) && within(other.remote, remote);
    }

    /** Tells whether some flow lies within both. */
    public boolean overlaps(Selectors other) {
        return meet(local, other.local) && meet(remote, other.remote);
    }

    private static boolean meet(List<TrafficSelector> some, List<TrafficSelector> others) {
        return some.stream()
                .anyMatch(s -> others.stream().anyMatch(o -> s.intersect(o).isPresent()));
    }

    private static boolean within(List<TrafficSelector> inner, List<TrafficSelector> outer) {
        return inner.stream().allMatch(i -> outer.stream().anyMatch(o -> o.contains(i)));
    }

    private static boolean anyContains(List<TrafficSelector> selectors, int protocol, InetAddress address, int port) {
        for (TrafficSelector selector : selectors) {
            if (selector.contains(protocol, address, port)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the two hosts, if these selectors hold one address on each side: what transport mode can carry (RFC 4301
     * section 4.1, RFC 7296 section 2.23.1).
     */
    public Optional<HostPair> hosts() {
        return host(local).flatMap(ours -> host(remote)
                .filter(theirs -> Addresses.isIpv4(ours) == Addresses.isIpv4(theirs))
                .map(theirs -> new HostPair(ours, theirs)));
    }

    private static Optional<InetAddress> host(List<TrafficSelector> selectors) {
        List<InetAddress> ends = selectors.stream()
                .map(TrafficSelector::addresses)
                .flatMap(range -> Stream.of(range.first(), range.last()))
                .distinct()
                .toList();
        return ends.size() == 1 ? Optional.of(ends.getFirst()) : Optional.empty();
    }

    @Override
    public String toString() {
        return join(local) + " === " + join(remote);
    }

    private static String join(List<TrafficSelector> selectors) {
        return String.join(
                ",", selectors.stream().map(TrafficSelector::toString).toList());
    }
}
