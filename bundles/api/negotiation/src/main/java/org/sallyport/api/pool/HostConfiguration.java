package org.sallyport.api.pool;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.api.flow.AddressRange;

/**
 * How a host is to be configured to reach a network: what a configuration payload carries (RFC 7296 section 3.15.1, RFC
 * 8598). Immutable.
 *
 * @param addresses the host's own: at most one of each family
 * @param dnsServers that know the network's names
 * @param subnets what is reached through the tunnel (INTERNAL_IP4_SUBNET, INTERNAL_IP6_SUBNET); each is a network
 * @param domains whose names those servers are asked for (INTERNAL_DNS_DOMAIN), in ASCII without a dot at the end
 */
public record HostConfiguration(
        List<InetAddress> addresses, List<InetAddress> dnsServers, List<AddressRange> subnets, List<String> domains) {
    /** Nothing at all. */
    public static final HostConfiguration NONE = new HostConfiguration(List.of(), List.of(), List.of(), List.of());

    public HostConfiguration {
        addresses = List.copyOf(addresses);
        dnsServers = List.copyOf(dnsServers);
        subnets = List.copyOf(subnets);
        domains = List.copyOf(domains);
        for (AddressRange subnet : subnets) {
            if (subnet.prefixLength().isEmpty()) {
                throw new IllegalArgumentException(subnet + " is no network");
            }
        }
    }

    /** Returns what both say, each thing once. */
    public HostConfiguration and(HostConfiguration other) {
        return new HostConfiguration(
                joined(addresses, other.addresses),
                joined(dnsServers, other.dnsServers),
                joined(subnets, other.subnets),
                joined(domains, other.domains));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).distinct().toList();
    }
}
