package org.sallyport.ike.internal.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.ike.internal.core.state.ChildStatus;

/**
 * Numbered packets both ways under every policy. From the moment when both sides have a pair for a policy there is always
 * one that both have, unless somebody deleted it, died, or gave the other up.
 */
final class Traffic {
    private static final long NONE = Long.MAX_VALUE;

    private record Direction(Node from, Node to, String policy) {}

    private final World world;
    private final Map<String, Long> owedSince = new HashMap<>();
    private final Map<String, Long> quietUntil = new HashMap<>();
    private final Map<String, ChildSaId> bindings = new HashMap<>();
    /** Lineages that stood beside a pair that somebody deleted: they may be about to end because that carried on. */
    private final Set<String> unowed = new HashSet<>();

    private long number;
    private long delivered;

    Traffic(World world) {
        this.world = world;
        for (Node node : List.of(world.a, world.b)) {
            node.listeners.add(this::excuse);
        }
    }

    long delivered() {
        return delivered;
    }

    /** Sends both ways under every policy, now and at every interval until then. */
    void start(long end, long interval) {
        if (world.now >= end) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            round("p" + i);
        }
        world.after(interval, () -> start(end, interval));
    }

    private void round(String policy) {
        if (owedSince(policy) == NONE && world.now >= quietUntil.getOrDefault(policy, 0L) && stands(policy)) {
            owedSince.put(policy, world.now);
        }
        send(new Direction(world.a, world.b, policy));
        send(new Direction(world.b, world.a, policy));
    }

    private long owedSince(String policy) {
        return owedSince.getOrDefault(policy, NONE);
    }

    private boolean stands(String policy) {
        return reaches(world.a, world.b, policy) && reaches(world.b, world.a, policy) && !isBeingDeleted(policy);
    }

    /** Until the peer hears of a deletion it may let something else go for that pair's sake (RFC 7296 section 1.4.1). */
    private boolean isBeingDeleted(String policy) {
        return Stream.of(world.a, world.b)
                .flatMap(node -> node.sessions.stream())
                .flatMap(session -> session.state().children.stream())
                .anyMatch(c ->
                        c.policy.equals(policy) && c.status == ChildStatus.RETIRED && isCause(c.ending.code()));
    }

    private boolean reaches(Node from, Node to, String policy) {
        return chosen(from, policy)
                .filter(out -> accepts(to, out.getKey(), out.getValue().key()))
                .filter(out -> !unowed.contains(lineage(from, out.getKey())))
                .filter(out -> !ending(to, out.getKey()))
                .isPresent();
    }

    /** Tells whether a pair is about to end without a successor. */
    private static boolean ending(Node node, int inboundSpi) {
        return node.sessions.stream()
                .flatMap(s -> s.state().childByInbound(inboundSpi).stream())
                .noneMatch(c -> c.status == ChildStatus.ACTIVE
                        || c.status == ChildStatus.INSTALLED
                        || c.ending.code() == ReasonCode.REKEYED);
    }

    /** The newest pair of the lineage that packets are bound to; of the oldest lineage when that one has none. */
    private Optional<Map.Entry<Integer, Node.Half>> chosen(Node from, String policy) {
        List<Map.Entry<Integer, Node.Half>> all = from.outbound.entrySet().stream()
                .filter(e -> e.getValue().policy().equals(policy))
                .toList();
        String binding = from + " " + policy;
        Optional<ChildSaId> lineage = Optional.ofNullable(bindings.get(binding));
        Optional<Map.Entry<Integer, Node.Half>> bound = newest(from, all, lineage);
        if (bound.isPresent() || all.isEmpty()) {
            return bound;
        }
        Optional<ChildSaId> oldest = from.lineageOfOutbound(all.getFirst().getKey());
        oldest.ifPresent(o -> bindings.put(binding, o));
        return newest(from, all, oldest);
    }

    private static Optional<Map.Entry<Integer, Node.Half>> newest(
            Node from, List<Map.Entry<Integer, Node.Half>> all, Optional<ChildSaId> lineage) {
        return all.stream()
                .filter(e -> lineage.isPresent()
                        && from.lineageOfOutbound(e.getKey()).equals(lineage))
                .reduce((first, second) -> second);
    }

    private static boolean accepts(Node to, int spi, String key) {
        Node.Half half = to.inbound.get(spi);
        return half != null && half.key().equals(key);
    }

    private void send(Direction direction) {
        long packet = number++;
        Optional<Map.Entry<Integer, Node.Half>> out = chosen(direction.from(), direction.policy());
        boolean owed = owedSince(direction.policy()) != NONE;
        BrokenInvariant.require(
                !owed || out.isPresent(),
                "packet %d of %s finds no SA under %s",
                packet,
                direction.from(),
                direction.policy());
        if (out.isPresent()) {
            int spi = out.get().getKey();
            String key = out.get().getValue().key();
            long sent = world.now;
            world.after(world.delay(), () -> arrive(direction, packet, spi, key, sent));
        }
    }

    private void arrive(Direction direction, long packet, int spi, String key, long sent) {
        boolean accepted = accepts(direction.to(), spi, key);
        delivered += accepted ? 1 : 0;
        boolean owed = owedSince(direction.policy()) <= sent;
        BrokenInvariant.require(
                accepted || !owed,
                "packet %d of %s under %s comes by SPI %d, which %s does not have",
                packet,
                direction.from(),
                direction.policy(),
                spi,
                direction.to());
    }

    /** Nothing is owed under a policy whose pair ends for a reason of its own, and while packets of before are on their way. */
    void excuse(String policy) {
        owedSince.remove(policy);
        quietUntil.put(policy, world.now + 2 * world.maxDelay);
    }

    /** Somebody deletes a pair: what stands beside it under another IKE SA may end for that pair's sake. */
    void excuseDeletion(String policy) {
        excuse(policy);
        for (Node node : List.of(world.a, world.b)) {
            if (node.sessions.size() > 1) {
                node.outbound.forEach((spi, half) -> {
                    if (half.policy().equals(policy)) {
                        unowed.add(lineage(node, spi));
                    }
                });
            }
        }
    }

    private static String lineage(Node node, int outboundSpi) {
        return node + " " + node.lineageOfOutbound(outboundSpi);
    }

    void excuseAll() {
        for (int i = 0; i < 4; i++) {
            excuse("p" + i);
        }
    }

    private void excuse(Effect effect) {
        if (effect instanceof Effect.ChildDown down && isCause(down.reason().code())) {
            excuse(down.child().policy);
        } else if (effect instanceof Effect.IkeDown down && isCause(down.reason().code())) {
            excuseAll();
        }
    }

    /** That the peer deleted a pair is no cause: the peer has one. */
    private static boolean isCause(ReasonCode code) {
        return switch (code) {
            case DELETED_BY_ADMINISTRATOR, PEER_DEAD, PEER_RESTARTED, LIFETIME_OVER, CANCELLED -> true;
            default -> false;
        };
    }
}
