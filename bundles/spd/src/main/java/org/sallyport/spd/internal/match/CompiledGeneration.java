package org.sallyport.spd.internal.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;

/** Policies in the order in which they are asked, those of either address family apart. */
public final class CompiledGeneration implements PolicyGeneration {
    private final long number;
    private final List<Policy> policies;
    private final Map<String, Policy> byName = new HashMap<>();
    private final Entry[] ipv4;
    private final Entry[] ipv6;
    private final Verdict hostDefault = new Verdict(Action.BYPASS, Optional.empty());
    private final Verdict forwardedDefault;

    /** A policy's selectors of one address family and the answer that it gives. */
    private static final class Entry {
        private final Verdict verdict;
        private final boolean forwardedOnly;
        private final Side[] local;
        private final Side[] remote;

        Entry(Verdict verdict, boolean forwardedOnly, Side[] local, Side[] remote) {
            this.verdict = verdict;
            this.forwardedOnly = forwardedOnly;
            this.local = local;
            this.remote = remote;
        }

        boolean matches(
                int protocol,
                long localHigh,
                long localLow,
                int localPort,
                long remoteHigh,
                long remoteLow,
                int remotePort,
                Origin origin) {
            return (origin == Origin.FORWARDED || !forwardedOnly)
                    && Side.anyMatches(remote, protocol, remoteHigh, remoteLow, remotePort)
                    && Side.anyMatches(local, protocol, localHigh, localLow, localPort);
        }
    }

    /**
     * @param policies in the order in which they are asked
     * @param forwardedDefault what happens to forwarded traffic that none of them matches
     */
    public CompiledGeneration(long number, List<Policy> policies, Action forwardedDefault) {
        this.number = number;
        this.policies = List.copyOf(policies);
        this.forwardedDefault = new Verdict(forwardedDefault, Optional.empty());
        policies.forEach(p -> byName.put(p.name(), p));
        this.ipv4 = compile(policies, true);
        this.ipv6 = compile(policies, false);
    }

    private static Entry[] compile(List<Policy> policies, boolean ipv4) {
        List<Entry> entries = new ArrayList<>();
        for (Policy policy : policies) {
            Side[] local = Side.of(policy.selectors().local(), ipv4);
            Side[] remote = Side.of(policy.selectors().remote(), ipv4);
            if (local.length > 0 && remote.length > 0) {
                Verdict verdict = new Verdict(policy.action(), Optional.of(policy));
                entries.add(new Entry(verdict, policy.networkInterface().isPresent(), local, remote));
            }
        }
        return entries.toArray(Entry[]::new);
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public List<Policy> policies() {
        return policies;
    }

    @Override
    public Optional<Policy> policy(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        return judge(
                Addresses.isIpv4(flow.local()),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort(),
                flow.protocol(),
                origin);
    }

    @Override
    public Verdict judge(
            boolean isIpv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        for (Entry entry : isIpv4 ? ipv4 : ipv6) {
            if (entry.matches(protocol, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, origin)) {
                return entry.verdict;
            }
        }
        return origin == Origin.HOST ? hostDefault : forwardedDefault;
    }
}
