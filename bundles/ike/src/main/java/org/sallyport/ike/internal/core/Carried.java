package org.sallyport.ike.internal.core;

import org.sallyport.api.flow.Selectors;
import org.sallyport.ike.internal.core.state.ChildState;

/**
 * What a pair of Child SAs carries, whichever IKE SA it stands under. Immutable.
 *
 * @param policy the policy it stands under
 * @param selectors what was agreed
 */
public record Carried(String policy, Selectors selectors) {
    /** Returns what a pair carries. */
    public static Carried by(ChildState child) {
        return new Carried(child.policy, child.selectors);
    }
}
