package org.sallyport.spd.internal.kernel;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;

/**
 * What the kernel enforces of one generation. Immutable.
 *
 * @param guard the packet filter; empty when there is no policy, or it is switched off
 * @param divert the routing rules
 */
public record KernelPlan(Optional<GuardPlan> guard, DivertPlan divert) {
    /** Enforces nothing. */
    static final KernelPlan NONE = new KernelPlan(Optional.empty(), DivertPlan.NONE);

    /**
     * Compiles policies in the order in which they are asked; each passed {@link #check}.
     *
     * @param before the plan before, of which as much as possible stays as it is
     * @throws IllegalArgumentException when they come to more than the kernel takes
     */
    static KernelPlan compile(
            List<Policy> policies, List<PadEntry> peers, Enforcement enforcement, LocalFacts facts, KernelPlan before) {
        Optional<GuardPlan> guard = policies.isEmpty() || !enforcement.guard()
                ? Optional.empty()
                : Optional.of(GuardPlan.compile(policies, peers, enforcement));
        return new KernelPlan(guard, DivertPlan.compile(policies, peers, facts, before.divert));
    }

    /** Returns the plan of the same policies on a host of which other things are known by now. */
    KernelPlan following(List<Policy> policies, List<PadEntry> peers, LocalFacts facts) {
        return new KernelPlan(guard, DivertPlan.compile(policies, peers, facts, divert));
    }

    /**
     * Tells whether the kernel can enforce a policy.
     *
     * @throws InexpressibleException when it cannot do so exactly
     */
    public static void check(Policy policy) throws InexpressibleException {
        GuardPlan.check(policy);
        DivertPlan.check(policy);
    }
}
