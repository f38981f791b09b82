package org.sallyport.api.policy;

import java.util.Optional;

/**
 * What a generation says of a flow. Immutable, made when the generation is compiled.
 *
 * @param action what happens
 * @param policy the entry that matched; empty when the default decided
 * @param byName whether it depends on who asks: of a packet alone it says no more than that the gate has to be asked
 */
public record Verdict(Action action, Optional<Policy> policy, boolean byName) {
    /** A verdict that is the same for everybody. */
    public Verdict(Action action, Optional<Policy> policy) {
        this(action, policy, false);
    }

    /** Tells whether it protects, under the entry of this name. Allocates nothing. */
    public boolean protectsUnder(String name) {
        return action == Action.PROTECT
                && policy.isPresent()
                && policy.get().name().equals(name);
    }
}
