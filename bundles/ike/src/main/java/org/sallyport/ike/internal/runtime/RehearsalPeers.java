package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;

/** The one peer and the one policy of a rehearsal. Immutable. */
record RehearsalPeers(PadEntry peer, Policy policy) implements Pad, Spd, PolicyGeneration {
    static RehearsalPeers of(String own, String other, InetAddress remote, Proposal proposal) {
        PadEntry peer = Rehearsal.peer(own, other, remote, proposal);
        return new RehearsalPeers(peer, Rehearsal.policy(peer.connection()));
    }

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return Optional.of(peer);
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return Optional.of(peer).filter(p -> p.remoteIdentity().equals(remote));
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return List.of(peer);
    }

    @Override
    public List<PadEntry> entries() {
        return List.of(peer);
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
        return List.of(policy);
    }

    @Override
    public Optional<Policy> policy(String name) {
        return Optional.of(policy);
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        return new Verdict(Action.PROTECT, Optional.of(policy));
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
        return new Verdict(Action.PROTECT, Optional.of(policy));
    }
}
