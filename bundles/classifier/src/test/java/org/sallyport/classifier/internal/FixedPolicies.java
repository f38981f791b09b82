package org.sallyport.classifier.internal;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;

/** Policies that give one verdict for everything. */
public record FixedPolicies(Verdict verdict) implements PolicyGeneration, Spd {
    public static FixedPolicies of(Action action) {
        Policy.Builder policy = Policy.builder(action == Action.PROTECT ? "protect" : "other", action)
                .selectors(Slots.any());
        if (action == Action.PROTECT) {
            policy.peer(new ConnectionId("peer")).proposals(List.of(Proposal.parse("aes128gcm16")));
        }
        return new FixedPolicies(new Verdict(action, Optional.of(policy.build())));
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
        return verdict.policy().stream().toList();
    }

    @Override
    public Optional<Policy> policy(String name) {
        return verdict.policy().filter(p -> p.name().equals(name));
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        return verdict;
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
        return verdict;
    }
}
