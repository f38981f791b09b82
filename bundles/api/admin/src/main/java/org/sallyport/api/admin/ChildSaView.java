package org.sallyport.api.admin;

import java.time.Duration;
import java.util.Optional;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SpiKey;

/**
 * A pair of SAs as people see it, at one moment. Immutable.
 *
 * @param lineage whose pair it is
 * @param policy the policy it stands under
 * @param peerIdentity who the peer proved to be
 * @param share which packets it is for, in words, where several pairs share the same selectors; empty for an ordinary one
 * @param inbound our SPI
 * @param outbound the peer's SPI, empty until it is active
 * @param state in words: "installing", "active", "retired"
 * @param algorithms in readable form ("aes256gcm16-esn")
 * @param selectors in readable form
 * @param path in readable form
 * @param pathMtu the path's MTU in octets, as far as it is known
 * @param age since it was installed
 * @param lifetimes when it is rekeyed and ends
 * @param sent packets and octets
 * @param received packets and octets
 * @param sequence last sequence number sent
 * @param windowTop highest sequence number received
 * @param window the replay window below the top, as hexadecimal digits, newest first, at most 64 packets
 * @param dropped packets dropped on receipt, all reasons
 * @param useCount leases on the lineage
 * @param unneeded for how long no lease has held the lineage; empty while one does, and for one that the peer initiated
 *     and nobody used yet
 * @param totals octets of the lineage over all its pairs, both directions
 */
public record ChildSaView(
        ChildSaId lineage,
        String policy,
        String peerIdentity,
        Optional<String> share,
        SpiKey inbound,
        Optional<SpiKey> outbound,
        String state,
        String algorithms,
        String selectors,
        String path,
        int pathMtu,
        Duration age,
        Lifetimes lifetimes,
        Traffic sent,
        Traffic received,
        long sequence,
        long windowTop,
        String window,
        long dropped,
        int useCount,
        Optional<Duration> unneeded,
        long totals) {
    /** Packets and octets. */
    public record Traffic(long packets, long octets) {}
}
