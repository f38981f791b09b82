package org.sallyport.api.admin;

import java.net.InetAddress;
import java.util.List;
import org.sallyport.api.flow.AddressRange;

/**
 * An address pool as people see it. Immutable.
 *
 * @param name by which peers are configured with it
 * @param addresses what it gives out
 * @param size how many addresses that are at most
 * @param used how many of them somebody has now
 * @param dnsServers told to peers
 * @param subnets told to peers
 * @param domains told to peers
 * @param claims who has, or had last, which address
 */
public record PoolView(
        String name,
        List<AddressRange> addresses,
        long size,
        long used,
        List<InetAddress> dnsServers,
        List<AddressRange> subnets,
        List<String> domains,
        List<Claim> claims) {
    public PoolView {
        addresses = List.copyOf(addresses);
        dnsServers = List.copyOf(dnsServers);
        subnets = List.copyOf(subnets);
        domains = List.copyOf(domains);
        claims = List.copyOf(claims);
    }

    /**
     * An address that an identity gets again.
     *
     * @param address which
     * @param identity whose
     * @param ikeSas the IKE SAs that it stands with; none where its identity is away
     */
    public record Claim(InetAddress address, String identity, List<String> ikeSas) {
        public Claim {
            ikeSas = List.copyOf(ikeSas);
        }
    }
}
