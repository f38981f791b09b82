package org.sallyport.spd.internal.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;

/** Policies in the order in which they are asked, the selectors of either address family in a tree of their own. */
public final class CompiledGeneration implements PolicyGeneration {
    private final long number;
    private final List<Policy> policies;
    private final List<Policy> asleep;
    private final Map<String, Policy> byName = new HashMap<>();
    private final SelectorTree ipv4;
    private final SelectorTree ipv6;
    private final Verdict[] verdicts;
    private final Verdict hostDefault = new Verdict(Action.BYPASS, Optional.empty());
    private final Verdict forwardedDefault;

    /** Everybody's policies, whoever is logged in. */
    public CompiledGeneration(long number, List<Policy> policies, Action forwardedDefault) {
        this(number, policies, List.of(), forwardedDefault);
    }

    /**
     * @param policies in force, in the order in which they are asked
     * @param asleep those for which others have to be logged in
     * @param forwardedDefault what happens to forwarded traffic that none of them matches
     */
    public CompiledGeneration(long number, List<Policy> policies, List<Policy> asleep, Action forwardedDefault) {
        this.number = number;
        this.policies = List.copyOf(policies);
        this.asleep = List.copyOf(asleep);
        this.forwardedDefault = new Verdict(forwardedDefault, Optional.empty());
        policies.forEach(p -> byName.put(p.name(), p));
        this.verdicts = policies.stream()
                .map(p -> new Verdict(p.action(), Optional.of(p), !p.names().isAnybody()))
                .toArray(Verdict[]::new);
        List<Box> ipv4Boxes = new ArrayList<>();
        List<Box> ipv6Boxes = new ArrayList<>();
        for (int order = 0; order < verdicts.length; order++) {
            collect(this.policies.get(order), order, ipv4Boxes, ipv6Boxes);
        }
        this.ipv4 = TreeBuilder.build(ipv4Boxes, true);
        this.ipv6 = TreeBuilder.build(ipv6Boxes, false);
    }

    private static void collect(Policy policy, int order, List<Box> ipv4Boxes, List<Box> ipv6Boxes) {
        boolean forwardedOnly = policy.networkInterface().isPresent();
        for (TrafficSelector local : policy.selectors().local()) {
            List<Box> boxes = local.addresses().isIpv4() ? ipv4Boxes : ipv6Boxes;
            for (TrafficSelector remote : policy.selectors().remote()) {
                Box.of(order, forwardedOnly, local, remote).ifPresent(boxes::add);
            }
        }
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
    public List<Policy> asleep() {
        return asleep;
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        boolean ipv4 = Addresses.isIpv4(flow.local());
        long localHigh = Addresses.high(flow.local());
        long localLow = Addresses.low(flow.local());
        long remoteHigh = Addresses.high(flow.remote());
        long remoteLow = Addresses.low(flow.remote());
        int passedOver = SelectorTree.NONE;
        for (int after = -1; ; ) {
            int order = find(
                    after,
                    ipv4,
                    localHigh,
                    localLow,
                    flow.localPort(),
                    remoteHigh,
                    remoteLow,
                    flow.remotePort(),
                    flow.protocol(),
                    origin);
            if (order == SelectorTree.NONE
                    || verdicts[order].policy().orElseThrow().names().holds(requester)) {
                Verdict verdict = verdict(order, origin);
                return passedOver == SelectorTree.NONE ? verdict : behind(verdicts[passedOver], verdict);
            }
            passedOver = passedOver == SelectorTree.NONE ? order : passedOver;
            after = order;
        }
    }

    private static Verdict behind(Verdict named, Verdict verdict) {
        return verdict.action() == Action.BYPASS
                ? new Verdict(Action.DISCARD, named.policy(), true)
                : new Verdict(verdict.action(), verdict.policy(), true);
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
        return verdict(
                find(-1, isIpv4, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, origin),
                origin);
    }

    @Override
    public boolean mayLeadTo(
            String policy,
            boolean isIpv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        Verdict verdict;
        int order = -1;
        do {
            order = find(
                    order, isIpv4, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, origin);
            if (order == SelectorTree.NONE) {
                return false;
            }
            verdict = verdicts[order];
            if (verdict.protectsUnder(policy)) {
                return true;
            }
        } while (verdict.byName());
        return false;
    }

    private Verdict verdict(int order, Origin origin) {
        if (order != SelectorTree.NONE) {
            return verdicts[order];
        }
        return origin == Origin.HOST ? hostDefault : forwardedDefault;
    }

    private int find(
            int after,
            boolean isIpv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        return (isIpv4 ? ipv4 : ipv6)
                .find(after, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, origin);
    }
}
