package org.sallyport.spd.internal.service;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.sallyport.linux.sockdiag.EstablishedSocket;

/**
 * This host's addresses and established TCP connections at one moment. Immutable.
 *
 * @param addresses its own
 * @param established its connections
 */
record HostConnections(Set<InetAddress> addresses, List<EstablishedSocket> established) {
    static final HostConnections NONE = new HostConnections(Set.of(), List.of());

    HostConnections {
        addresses = Set.copyOf(addresses);
        established = List.copyOf(established);
    }

    /** Returns the connections that leave this host: those to itself pass no policy. */
    List<EstablishedSocket> outside() {
        return established.stream()
                .filter(s -> !s.remote().isLoopbackAddress() && !addresses.contains(s.remote()))
                .toList();
    }
}
