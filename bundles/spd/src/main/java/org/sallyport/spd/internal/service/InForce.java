package org.sallyport.spd.internal.service;

import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.kernel.Enforcement;
import org.sallyport.spd.internal.match.CompiledGeneration;
import org.sallyport.spd.internal.match.CompiledPad;

/**
 * A generation with what it was made of. Immutable.
 *
 * @param configuration what was read
 * @param input what it was read from
 * @param generation the policies, compiled
 * @param pad the peers
 */
record InForce(Configuration configuration, Input input, PolicyGeneration generation, Pad pad) {
    /** What there is before anything was read: generation 0. */
    static final InForce NOTHING = of(Configuration.EMPTY, Input.NOTHING, 0);

    static InForce of(Configuration configuration, Input input, long number) {
        return new InForce(
                configuration,
                input,
                new CompiledGeneration(
                        number,
                        configuration.policies(),
                        configuration.asleep(),
                        configuration.enforcement().forwardedDefault() == Enforcement.Default.DISCARD
                                ? Action.DISCARD
                                : Action.BYPASS),
                new CompiledPad(configuration.peers()));
    }

    long number() {
        return generation.number();
    }
}
