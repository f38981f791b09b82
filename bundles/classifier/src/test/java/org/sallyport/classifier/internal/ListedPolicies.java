package org.sallyport.classifier.internal;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;

/** Policies asked one after the other, read plainly; the rest is discarded. */
public record ListedPolicies(long number, List<Policy> policies) implements PolicyGeneration {
    /** Protects TCP between two networks, to one port of the remote side or to all. */
    public static Policy protecting(String name, Selectors selectors) {
        return Policy.builder(name, Action.PROTECT)
                .selectors(selectors)
                .peer(new ConnectionId("peer"))
                .proposals(List.of(Proposal.parse("aes128gcm16")))
                .build();
    }

    public static Selectors between(String local, String remote, int protocol, PortRange remotePorts) {
        return new Selectors(
                List.of(new TrafficSelector(protocol, PortRange.ANY, AddressRange.parse(local))),
                List.of(new TrafficSelector(protocol, remotePorts, AddressRange.parse(remote))));
    }

    @Override
    public Optional<Policy> policy(String name) {
        return policies.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        return policies.stream()
                .filter(p -> p.selectors().contains(flow))
                .findFirst()
                .map(p -> new Verdict(p.action(), Optional.of(p)))
                .orElse(new Verdict(Action.DISCARD, Optional.empty()));
    }

    @Override
    public Verdict judge(
            boolean ipv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        Flow flow = new Flow(
                0,
                protocol,
                Addresses.of(octets(ipv4, localHigh, localLow)),
                localPort,
                Addresses.of(octets(ipv4, remoteHigh, remoteLow)),
                remotePort);
        return judge(flow, Requester.UNKNOWN, origin);
    }

    private static byte[] octets(boolean ipv4, long high, long low) {
        byte[] all = java.nio.ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        return ipv4 ? java.util.Arrays.copyOfRange(all, 12, 16) : all;
    }
}
