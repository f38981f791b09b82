package org.sallyport.ike.internal.core;

import org.sallyport.api.flow.Selectors;

/**
 * What a pair of Child SAs carries, whichever IKE SA it stands under. Immutable.
 *
 * @param policy the policy it stands under
 * @param selectors what was agreed
 */
public record Carried(String policy, Selectors selectors) {}
