package org.sallyport.api.negotiation;

import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.SaPairHandle;

/** How a negotiation ended: a closed set. */
public sealed interface NegotiationResult {
    /**
     * The pair carries traffic.
     *
     * @param handle the data plane's word for it
     */
    record Established(SaPairHandle handle) implements NegotiationResult {}

    /**
     * The peer or we said no.
     *
     * @param reason why
     */
    record Refused(Reason reason) implements NegotiationResult {}

    /**
     * The peer did not answer.
     *
     * @param reason in words
     */
    record Unreachable(Reason reason) implements NegotiationResult {}
}
