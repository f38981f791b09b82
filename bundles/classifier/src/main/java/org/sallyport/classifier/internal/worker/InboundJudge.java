package org.sallyport.classifier.internal.worker;

import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.FlowEntry;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.FragmentMemory;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * Whether a genuine packet may come by the SA that brought it (RFC 4301 section 5.2, step 4): its selectors hold it, and
 * policy in force leads to that SA. ICMP errors are judged by what they quote (section 6.2), later pieces as their first
 * (section 7.3). What was allowed for a flow is remembered with it until policy changes. Belongs to one thread.
 */
final class InboundJudge {
    private final OutboundTable policies;
    private final FlowTable carried;
    private final InnerPacket quoted = new InnerPacket();
    private final FragmentMemory fragments = new FragmentMemory();
    private @Nullable PolicyGeneration generation;
    private long generations = 1;
    private long now;

    InboundJudge(OutboundTable policies, FlowTable carried) {
        this.policies = policies;
        this.carried = carried;
    }

    /** A batch begins, which one generation judges. */
    void beginBatch(long bootNanos) {
        now = bootNanos;
        PolicyGeneration inForce = policies.generation();
        if (inForce != generation) {
            generation = inForce;
            generations++;
        }
    }

    /**
     * Judges a packet, and takes note of its flow.
     *
     * @param ip where it lies
     * @return why it may not come, or null
     */
    @Nullable
    DropReason judge(InboundSa sa, InnerPacket packet, long ip) {
        if (packet.laterFragment()) {
            fragments.recall(packet, sa.lineage().number(), now);
        }
        if (!sa.selectors().containsInbound(packet)) {
            return judgeError(sa, packet, ip);
        }
        if (packet.portsHidden()) {
            return policies.expects(packet, sa) ? null : DropReason.FRAGMENT;
        }
        if (packet.isIcmpError(ip)) {
            return policies.expects(packet, sa) ? null : DropReason.POLICY_INBOUND;
        }
        return judgeFlow(sa, packet, packet.tcpFlags(ip));
    }

    private @Nullable DropReason judgeFlow(InboundSa sa, InnerPacket packet, int tcpFlags) {
        long permission = generations << 32 | Integer.toUnsignedLong(sa.spi());
        FlowEntry known = carried.find(packet, sa.lineage());
        if (known != null && known.permitted(permission)) {
            carried.use(known, tcpFlags, now);
        } else if (policies.expects(packet, sa)) {
            carried.carry(packet, sa.lineage(), tcpFlags, now).permit(permission);
        } else {
            return DropReason.POLICY_INBOUND;
        }
        if (packet.fragment() && !packet.laterFragment()) {
            fragments.remember(packet, sa.lineage().number(), now);
        }
        return null;
    }

    /** Routers on the way are in nobody's selectors. */
    private @Nullable DropReason judgeError(InboundSa sa, InnerPacket packet, long ip) {
        if (packet.portsHidden()) {
            return DropReason.FRAGMENT;
        }
        if (!quoted.parseAnswerToQuoted(packet, ip) || !sa.selectors().containsInbound(quoted)) {
            return DropReason.SELECTORS;
        }
        return policies.expects(quoted, sa) ? null : DropReason.POLICY_INBOUND;
    }
}
