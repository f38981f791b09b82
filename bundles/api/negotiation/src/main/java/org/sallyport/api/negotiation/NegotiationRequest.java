package org.sallyport.api.negotiation;

import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Policy;

/**
 * A pair of SAs that is wanted. Immutable.
 *
 * @param policy the protect entry
 * @param peer its peer
 * @param selectors what to propose: the policy's, narrowed where its PFP flags say so
 * @param trigger the flow that asks; RFC 7296 section 2.9 puts it first in the selectors
 */
public record NegotiationRequest(Policy policy, PadEntry peer, Selectors selectors, Optional<Flow> trigger) {}
