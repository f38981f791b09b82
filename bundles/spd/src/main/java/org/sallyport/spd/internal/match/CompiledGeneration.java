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
    private final Map<String, Policy> byName = new HashMap<>();
    private final SelectorTree ipv4;
    private final SelectorTree ipv6;
    private final Verdict[] verdicts;
    private final Verdict hostDefault = new Verdict(Action.BYPASS, Optional.empty());
    private final Verdict forwardedDefault;

    /**
     * @param policies in the order in which they are asked
     * @param forwardedDefault what happens to forwarded traffic that none of them matches
     */
    public CompiledGeneration(long number, List<Policy> policies, Action forwardedDefault) {
        this.number = number;
        this.policies = List.copyOf(policies);
        this.forwardedDefault = new Verdict(forwardedDefault, Optional.empty());
        policies.forEach(p -> byName.put(p.name(), p));
        this.verdicts = policies.stream()
                .map(p -> new Verdict(p.action(), Optional.of(p)))
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
        int order = (isIpv4 ? ipv4 : ipv6)
                .find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, origin);
        if (order != SelectorTree.NONE) {
            return verdicts[order];
        }
        return origin == Origin.HOST ? hostDefault : forwardedDefault;
    }
}
