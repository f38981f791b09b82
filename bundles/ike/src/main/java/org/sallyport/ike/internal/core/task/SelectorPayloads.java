package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.PfpFlag;
import org.sallyport.api.policy.Policy;
import org.sallyport.ike.internal.message.Payload;

/** Selectors as TSi and TSr, and how they are narrowed (RFC 7296 sections 2.9 and 3.13). */
final class SelectorPayloads {
    /** More are not looked at: who needs so many has its policy wrong. */
    static final int MAX_SELECTORS = 64;

    private SelectorPayloads() {}

    /** Returns TSi and TSr; ours is TSi when we initiate the exchange. The flow that asks goes first. */
    static List<Payload> payloads(Selectors selectors, Optional<Flow> trigger, boolean weInitiate) {
        Optional<Flow> covered = trigger.filter(selectors::contains);
        List<TrafficSelector> local =
                withFirst(covered.map(f -> exact(f.protocol(), f.local(), f.localPort())), selectors.local());
        List<TrafficSelector> remote =
                withFirst(covered.map(f -> exact(f.protocol(), f.remote(), f.remotePort())), selectors.remote());
        return List.of(payload(true, weInitiate ? local : remote), payload(false, weInitiate ? remote : local));
    }

    private static TrafficSelector exact(int protocol, java.net.InetAddress address, int port) {
        PortRange ports = port == Flow.OPAQUE_PORT ? PortRange.ANY : PortRange.of(port);
        return new TrafficSelector(protocol, ports, AddressRange.of(address));
    }

    private static List<TrafficSelector> withFirst(Optional<TrafficSelector> first, List<TrafficSelector> others) {
        return Stream.concat(first.stream(), others.stream()).distinct().toList();
    }

    private static Payload payload(boolean ofInitiator, List<TrafficSelector> selectors) {
        return new Payload.TrafficSelectors(
                ofInitiator,
                selectors.stream()
                        .map(s -> org.sallyport.ike.internal.message.TrafficSelector.range(
                                s.addresses().first(),
                                s.addresses().last(),
                                s.protocol(),
                                s.ports().first(),
                                s.ports().last()))
                        .toList());
    }

    /** Reads selectors; those that no one here can express are passed over. */
    static List<TrafficSelector> read(Payload.TrafficSelectors payload) {
        return payload.selectors().stream()
                .limit(MAX_SELECTORS)
                .flatMap(s -> read(s).stream())
                .toList();
    }

    private static Optional<TrafficSelector> read(org.sallyport.ike.internal.message.TrafficSelector wire) {
        if (!wire.isAddressRange()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TrafficSelector(
                    wire.protocol(),
                    new PortRange(wire.startPort(), wire.endPort()),
                    new AddressRange(wire.start(), wire.end())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a range that ends before it begins
        }
    }

    /**
     * A policy and what of a peer's wish it allows.
     *
     * @param additional whether another policy allows more, under a Child SA of its own
     */
    record Narrowed(Policy policy, Selectors selectors, boolean additional) {}

    /**
     * Finds the policy for what a peer asks, one that holds its first selectors if there is such (they are those of the
     * packet that made it ask), and narrows to it.
     *
     * @param policies those that lead to the peer, in order
     * @param local what it wants of ours
     * @param remote what it wants for itself
     */
    static Optional<Narrowed> narrow(List<Policy> policies, List<TrafficSelector> local, List<TrafficSelector> remote) {
        if (local.isEmpty() || remote.isEmpty()) {
            return Optional.empty();
        }
        List<Narrowed> possible = new ArrayList<>();
        for (Policy policy : policies) {
            narrow(policy.selectors(), local, remote).ifPresent(s -> possible.add(new Narrowed(policy, s, false)));
        }
        Optional<Narrowed> exact = possible.stream()
                .filter(n -> holds(n.selectors().local(), local.getFirst())
                        && holds(n.selectors().remote(), remote.getFirst()))
                .findFirst();
        return exact.or(() -> possible.stream().findFirst())
                .map(n -> new Narrowed(n.policy(), n.selectors(), possible.size() > 1))
                .map(n -> populate(n, local, remote));
    }

    /**
     * Tells whether a policy wants an SA for each packet's values and a peer's first selectors name none (RFC 7296 section
     * 2.9): it has to ask again, for one pair.
     */
    static boolean isTooWide(Policy policy, TrafficSelector local, TrafficSelector remote) {
        Set<PfpFlag> pfp = policy.pfp();
        return (pfp.contains(PfpFlag.LOCAL_ADDRESS) && !single(local.addresses()))
                || (pfp.contains(PfpFlag.REMOTE_ADDRESS) && !single(remote.addresses()))
                || (pfp.contains(PfpFlag.PROTOCOL) && local.protocol() == TrafficSelector.ANY_PROTOCOL)
                || (pfp.contains(PfpFlag.LOCAL_PORT) && !single(local.ports()))
                || (pfp.contains(PfpFlag.REMOTE_PORT) && !single(remote.ports()));
    }

    private static boolean single(AddressRange addresses) {
        return addresses.first().equals(addresses.last());
    }

    private static boolean single(PortRange ports) {
        return ports.first() == ports.last();
    }

    /** Returns the common part of selectors and a peer's wish. */
    static Optional<Selectors> narrow(Selectors ours, List<TrafficSelector> local, List<TrafficSelector> remote) {
        List<TrafficSelector> commonLocal = common(ours.local(), local);
        List<TrafficSelector> commonRemote = common(ours.remote(), remote);
        return commonLocal.isEmpty() || commonRemote.isEmpty()
                ? Optional.empty()
                : Optional.of(new Selectors(commonLocal, commonRemote));
    }

    private static List<TrafficSelector> common(List<TrafficSelector> ours, List<TrafficSelector> theirs) {
        Set<TrafficSelector> all = new LinkedHashSet<>();
        for (TrafficSelector own : ours) {
            for (TrafficSelector wish : theirs) {
                own.intersect(wish).ifPresent(all::add);
            }
        }
        return all.stream()
                .filter(s -> all.stream().noneMatch(o -> !o.equals(s) && o.contains(s)))
                .limit(MAX_SELECTORS)
                .toList();
    }

    private static boolean holds(List<TrafficSelector> selectors, TrafficSelector first) {
        return selectors.stream().anyMatch(s -> s.contains(first));
    }

    /** RFC 4301 section 4.4.1.2: where the policy says so, the SA is for the packet's values alone. */
    private static Narrowed populate(Narrowed found, List<TrafficSelector> local, List<TrafficSelector> remote) {
        Set<PfpFlag> pfp = found.policy().pfp();
        if (pfp.isEmpty()) {
            return found;
        }
        TrafficSelector packetLocal = shaped(
                local.getFirst(),
                pfp.contains(PfpFlag.LOCAL_ADDRESS),
                pfp.contains(PfpFlag.PROTOCOL),
                pfp.contains(PfpFlag.LOCAL_PORT));
        TrafficSelector packetRemote = shaped(
                remote.getFirst(),
                pfp.contains(PfpFlag.REMOTE_ADDRESS),
                pfp.contains(PfpFlag.PROTOCOL),
                pfp.contains(PfpFlag.REMOTE_PORT));
        return narrow(found.selectors(), List.of(packetLocal), List.of(packetRemote))
                .map(s -> new Narrowed(found.policy(), s, found.additional()))
                .orElse(found);
    }

    private static TrafficSelector shaped(TrafficSelector packet, boolean address, boolean protocol, boolean port) {
        AddressRange any = packet.addresses().isIpv4() ? AddressRange.ANY_IPV4 : AddressRange.ANY_IPV6;
        return new TrafficSelector(
                protocol ? packet.protocol() : TrafficSelector.ANY_PROTOCOL,
                port ? packet.ports() : PortRange.ANY,
                address ? packet.addresses() : any);
    }
}
