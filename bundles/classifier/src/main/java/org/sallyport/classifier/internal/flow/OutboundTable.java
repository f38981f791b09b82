package org.sallyport.classifier.internal.flow;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.index.FlowIndex;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.packet.FiveTuple;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * Which SA an outbound flow goes by: its exact binding, else the newest active SA under the policy entry that the
 * generation in force names and whose selectors hold the flow. Workers keep answers in a {@link FlowCache} and drop them
 * when {@link #version} changes. Thread safe.
 */
public final class OutboundTable {
    private static final OutboundSa[] NONE = {};

    private final Supplier<@Nullable PolicyGeneration> generation;
    private final Map<SpiKey, OutboundSa> byPair = new ConcurrentHashMap<>();
    private final Map<Long, OutboundSa> bySlot = new ConcurrentHashMap<>();
    private final FlowIndex<OutboundSa> byFlow = new FlowIndex<>();
    private final Map<Long, OutboundSa[]> byLineage = new ConcurrentHashMap<>();
    private final Map<Long, Shares> beside = new ConcurrentHashMap<>();
    private final Map<FiveTuple, Long> bindings = new ConcurrentHashMap<>();
    private final AtomicInteger version = new AtomicInteger();
    private long added;

    /**
     * @param generation the policies in force, null while there are none
     */
    public OutboundTable(Supplier<@Nullable PolicyGeneration> generation) {
        this.generation = generation;
    }

    /** Returns a number that changes with every change here. */
    public int version() {
        return version.get();
    }

    /** Returns the policies in force. */
    public @Nullable PolicyGeneration generation() {
        return generation.get();
    }

    /** Prefers an SA from now on; returns the one that stood for the same pair. */
    public synchronized @Nullable OutboundSa add(OutboundSa sa) {
        OutboundSa before = byPair.put(sa.inbound(), sa);
        if (before != null) {
            unlist(before);
        }
        bySlot.put(sa.slot(), sa);
        Shares shares = beside.computeIfAbsent(sa.fallback(), lineage -> new Shares());
        if (sa.share() == 0) {
            sa.shares(shares);
            byFlow.add(sa.policy(), sa.selectors().agreed(), ++added, sa);
            byLineage.merge(sa.lineage().number(), new OutboundSa[] {sa}, OutboundTable::inFront);
        } else {
            shares.add(sa);
        }
        version.incrementAndGet();
        return before;
    }

    /** Stops using the SA with this slot; returns it if it was in use. */
    public synchronized @Nullable OutboundSa remove(long slot) {
        OutboundSa sa = bySlot.get(slot);
        if (sa != null) {
            byPair.remove(sa.inbound());
            unlist(sa);
            version.incrementAndGet();
        }
        return sa;
    }

    private void unlist(OutboundSa sa) {
        bySlot.remove(sa.slot(), sa);
        if (sa.share() == 0) {
            unlistOrdinary(sa);
        } else {
            beside.computeIfPresent(sa.fallback(), (lineage, shares) -> {
                shares.remove(sa);
                return shares.isEmpty() && !byLineage.containsKey(lineage) ? null : shares;
            });
        }
    }

    private void unlistOrdinary(OutboundSa sa) {
        byFlow.remove(sa.policy(), sa.selectors().agreed(), sa);
        byLineage.computeIfPresent(sa.lineage().number(), (number, list) -> without(list, sa));
        beside.computeIfPresent(
                sa.fallback(),
                (lineage, shares) -> shares.isEmpty() && !byLineage.containsKey(lineage) ? null : shares);
    }

    private static OutboundSa[] inFront(OutboundSa[] old, OutboundSa[] added) {
        OutboundSa[] result = new OutboundSa[old.length + 1];
        result[0] = added[0];
        System.arraycopy(old, 0, result, 1, old.length);
        return result;
    }

    private static OutboundSa @Nullable [] without(OutboundSa[] list, OutboundSa gone) {
        OutboundSa[] left = Arrays.stream(list).filter(sa -> sa != gone).toArray(OutboundSa[]::new);
        return left.length == 0 ? null : left;
    }

    /** Returns every SA that is sent by. */
    public Collection<OutboundSa> all() {
        return byPair.values();
    }

    /** Sends exactly this flow by this lineage. */
    public void bind(Flow flow, ChildSaId lineage) {
        Long before = bindings.put(FiveTuple.sentBy(flow), lineage.number());
        if (before == null || before != lineage.number()) {
            version.incrementAndGet();
        }
    }

    /** Takes a binding back. */
    public void unbind(Flow flow) {
        if (bindings.remove(FiveTuple.sentBy(flow)) != null) {
            version.incrementAndGet();
        }
    }

    /** Answers with an {@link OutboundSa} or a {@link DropReason}. */
    public Object decide(InnerPacket packet) {
        OutboundSa bound = bound(packet);
        if (bound != null) {
            return bound;
        }
        PolicyGeneration policies = generation.get();
        return policies == null ? DropReason.NO_POLICY : underPolicy(policies, packet);
    }

    private @Nullable OutboundSa bound(InnerPacket packet) {
        if (bindings.isEmpty()) {
            return null;
        }
        FiveTuple key = FiveTuple.of(packet);
        Long lineage = bindings.get(key);
        if (lineage == null) {
            lineage = bindings.get(key.withUnknownSourcePort());
        }
        return lineage == null ? null : newest(byLineage.getOrDefault(lineage, NONE), packet);
    }

    /** Returns what the sender of this packet gets when no SA comes to stand for it. */
    public PacketRefusal refusal(InnerPacket packet) {
        PolicyGeneration policies = generation.get();
        return policies == null
                ? PacketRefusal.SILENCE
                : judge(policies, packet).policy().map(Policy::packetRefusal).orElse(PacketRefusal.SILENCE);
    }

    /**
     * Tells whether policy in force expects a packet by the SA that brought it (RFC 4301 section 5.2): its flow, seen from
     * our side, has to lead to the entry under which the SA stands, or be bound to its lineage. Without policies what
     * stands is carried on.
     */
    public boolean expects(InnerPacket packet, InboundSa sa) {
        PolicyGeneration policies = generation.get();
        return policies == null
                || leadsTo(policies, packet, sa, Origin.FORWARDED)
                || leadsTo(policies, packet, sa, Origin.HOST)
                || isBound(packet, sa);
    }

    private static boolean leadsTo(PolicyGeneration policies, InnerPacket packet, InboundSa sa, Origin origin) {
        return policies.mayLeadTo(
                sa.policy(),
                packet.ipv4(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort(),
                packet.protocol(),
                origin);
    }

    private boolean isBound(InnerPacket packet, InboundSa sa) {
        if (bindings.isEmpty()) {
            return false;
        }
        FiveTuple key = FiveTuple.of(packet).reversed();
        Long lineage = bindings.get(key);
        if (lineage == null) {
            lineage = bindings.get(key.withUnknownSourcePort());
        }
        return lineage != null && lineage == sa.lineage().number();
    }

    private static Verdict judge(PolicyGeneration policies, InnerPacket packet) {
        return policies.judge(
                packet.ipv4(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort(),
                packet.protocol(),
                Origin.FORWARDED);
    }

    private Object underPolicy(PolicyGeneration policies, InnerPacket packet) {
        Verdict verdict = judge(policies, packet);
        if (verdict.policy().isEmpty()) {
            return DropReason.UNCOVERED;
        }
        if (verdict.byName()) {
            // Who sends it the gate finds out, and binds the flow to what is for them.
            return DropReason.NO_SA;
        }
        return switch (verdict.action()) {
            case BYPASS -> DropReason.POLICY_BYPASS;
            case DISCARD -> DropReason.POLICY_DISCARD;
            case PROTECT -> {
                OutboundSa sa =
                        verdict.policy().map(policy -> under(policy, packet)).orElse(null);
                yield sa == null ? DropReason.NO_SA : sa;
            }
        };
    }

    private @Nullable OutboundSa under(Policy policy, InnerPacket packet) {
        return byFlow.find(
                policy.name(),
                packet.ipv4(),
                packet.protocol(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort(),
                sa -> sa.selectors().containsOutbound(packet));
    }

    private static @Nullable OutboundSa newest(OutboundSa[] list, InnerPacket packet) {
        for (OutboundSa sa : list) {
            if (sa.selectors().containsOutbound(packet)) {
                return sa;
            }
        }
        return null;
    }
}
