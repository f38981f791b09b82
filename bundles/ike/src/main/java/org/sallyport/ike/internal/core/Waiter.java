package org.sallyport.ike.internal.core;

import org.sallyport.api.negotiation.NegotiationRequest;

/**
 * Somebody who waits for a pair. Immutable.
 *
 * @param negotiation names the wait
 * @param request what is wanted
 * @param deadline boot time in nanoseconds when nobody waits any more
 */
public record Waiter(long negotiation, NegotiationRequest request, long deadline) {}
