package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.ike.internal.core.state.SessionState;

/**
 * Traffic selectors of transport mode. They hold the two hosts and nothing else, each host as who sends them sees it: what
 * an address translator changes is substituted before anything is looked up (RFC 7296 section 2.23.1).
 *
 * @param selectors as we see the hosts
 * @param originals the hosts as the peer sees them, where that is another view
 */
record TransportHosts(Selectors selectors, Optional<HostPair> originals) {
    /** The hosts between which an IKE SA runs, if they are known and of one family. */
    static Optional<HostPair> of(SessionState state) {
        InetAddress local = state.endpoints.local().getAddress();
        InetAddress remote = state.endpoints.remote().getAddress();
        return local.isAnyLocalAddress() || local.getClass() != remote.getClass()
                ? Optional.empty()
                : Optional.of(new HostPair(local, remote));
    }

    /** Returns what of selectors is for these hosts. */
    static Optional<Selectors> limit(Selectors selectors, HostPair hosts) {
        return SelectorPayloads.narrow(selectors, List.of(all(hosts.local())), List.of(all(hosts.remote())));
    }

    private static TrafficSelector all(InetAddress address) {
        return TrafficSelector.of(AddressRange.of(address));
    }

    /**
     * Reads the peer's selectors.
     *
     * @param stated by the peer, our side local
     * @param actual the hosts as we see them
     * @return nothing when they are not for these two hosts alone
     */
    static Optional<TransportHosts> substitute(SessionState state, Selectors stated, HostPair actual) {
        Optional<HostPair> hosts = stated.hosts().filter(h -> h.isIpv4() == actual.isIpv4());
        boolean ours = hosts.filter(h -> state.weBehindNat || h.local().equals(actual.local()))
                .isPresent();
        boolean theirs = hosts.filter(h -> state.peerBehindNat || h.remote().equals(actual.remote()))
                .isPresent();
        if (!ours || !theirs) {
            return Optional.empty();
        }
        Selectors substituted = new Selectors(
                at(stated.local().stream(), actual.local()), at(stated.remote().stream(), actual.remote()));
        return Optional.of(new TransportHosts(substituted, hosts.filter(h -> !h.equals(actual))));
    }

    private static List<TrafficSelector> at(Stream<TrafficSelector> selectors, InetAddress address) {
        return selectors
                .map(s -> new TrafficSelector(s.protocol(), s.ports(), AddressRange.of(address)))
                .toList();
    }
}
