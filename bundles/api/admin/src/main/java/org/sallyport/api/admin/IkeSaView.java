package org.sallyport.api.admin;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.sa.IkeSaId;

/**
 * An IKE SA as people see it. Immutable.
 *
 * @param id its name
 * @param peerIdentity who the peer proved to be, or is to prove
 * @param initiatorSpi in hexadecimal
 * @param responderSpi in hexadecimal
 * @param initiator whether we initiated it
 * @param state in words: "connecting", "established", "rekeying", "deleting"
 * @param algorithms in readable form
 * @param path in readable form
 * @param addresses what was assigned with it
 * @param age since it was established
 * @param untilRekey until its soft lifetime is over
 */
public record IkeSaView(
        IkeSaId id,
        String peerIdentity,
        String initiatorSpi,
        String responderSpi,
        boolean initiator,
        String state,
        String algorithms,
        String path,
        Addresses addresses,
        Duration age,
        Duration untilRekey) {
    /**
     * Addresses that one side assigned to the other, and what went with them (RFC 7296 section 2.19).
     *
     * @param ours whether the peer assigned them to us, and not we to the peer
     * @param addresses none where none were assigned
     * @param dnsServers that know the other side's names
     * @param subnets what is reached through the tunnel; none where that was not said
     * @param domains whose names those servers are asked for (RFC 8598)
     */
    public record Addresses(
            boolean ours,
            List<InetAddress> addresses,
            List<InetAddress> dnsServers,
            List<AddressRange> subnets,
            List<String> domains) {
        /** None were assigned. */
        public static final Addresses NONE = new Addresses(false, List.of(), List.of(), List.of(), List.of());

        public Addresses {
            addresses = List.copyOf(addresses);
            dnsServers = List.copyOf(dnsServers);
            subnets = List.copyOf(subnets);
            domains = List.copyOf(domains);
        }
    }
}
