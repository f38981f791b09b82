package org.sallyport.ike.internal.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.sa.ConnectionId;

/** PAD and SPD as lists. */
public final class FakePeers implements Pad, Spd, PolicyGeneration {
    public final List<PadEntry> peers = new CopyOnWriteArrayList<>();
    public final List<Policy> policies = new CopyOnWriteArrayList<>();

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return peers.stream().filter(p -> p.connection().equals(connection)).findFirst();
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return peers.stream()
                .filter(p -> p.remoteIdentity().matches(remote))
                .filter(p -> local.isEmpty() || p.localIdentity().equals(local.get()))
                .findFirst();
    }

    @Override
    public List<PadEntry> entries() {
        return List.copyOf(peers);
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return List.copyOf(peers);
    }

    @Override
    public PolicyGeneration current() {
        return this;
    }

    @Override
    public long number() {
        return 1;
    }

    @Override
    public List<Policy> policies() {
        return policies;
    }

    @Override
    public Optional<Policy> policy(String name) {
        return policies.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        throw new AssertionError("a negotiator does not judge flows");
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
        throw new AssertionError("a negotiator does not judge packets");
    }
}
