package org.sallyport.pools.internal;

import java.net.InetAddress;
import java.util.List;
import org.sallyport.api.flow.AddressRange;

/**
 * What one file {@code org.sallyport.pool-NAME.cfg} says. Immutable.
 *
 * @param addresses what is given out, those of a network without the ones that name itself
 * @param dnsServers told to peers
 * @param subnets what peers reach through the tunnel; none for everything
 * @param domains whose names those servers are asked for
 */
record PoolSettings(
        List<AddressRange> addresses, List<InetAddress> dnsServers, List<AddressRange> subnets, List<String> domains) {
    PoolSettings {
        addresses = List.copyOf(addresses);
        dnsServers = List.copyOf(dnsServers);
        subnets = List.copyOf(subnets);
        domains = List.copyOf(domains);
    }
}
