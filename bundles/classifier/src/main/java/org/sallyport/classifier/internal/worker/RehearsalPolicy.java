package org.sallyport.classifier.internal.worker;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;

/** One policy that protects everything, and a gate that has everything wait for its SA. */
final class RehearsalPolicy implements PolicyGeneration, PacketGate {
    static final String NAME = "rehearsal";

    private final Verdict verdict;

    RehearsalPolicy(ConnectionId peer, Selectors selectors) {
        Policy policy = Policy.builder(NAME, Action.PROTECT)
                .selectors(selectors)
                .peer(peer)
                .proposals(List.of(Proposal.parse("aes256gcm16")))
                .build();
        this.verdict = new Verdict(Action.PROTECT, Optional.of(policy));
    }

    @Override
    public long number() {
        return 0;
    }

    @Override
    public List<Policy> policies() {
        return verdict.policy().stream().toList();
    }

    @Override
    public Optional<Policy> policy(String name) {
        return verdict.policy().filter(policy -> policy.name().equals(name));
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

    private static final class Endless implements Hold {
        @Override
        public CompletableFuture<Admission> outcome() {
            return new CompletableFuture<>();
        }

        @Override
        public void abandon() {}
    }

    @Override
    public Admission admit(Flow flow) {
        return new Admission.Held(new Endless());
    }

    @Override
    public void begun(Flow flow, ChildSaId lineage) {}

    @Override
    public void ended(Flow flow) {}
}
