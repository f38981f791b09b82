package org.sallyport.api.negotiation;

import java.util.concurrent.CompletionStage;

/** A negotiation under way. Thread safe. */
public interface Negotiation {
    /** Completes, always normally. */
    CompletionStage<NegotiationResult> result();

    /** Nobody waits for it any more: it may be abandoned, and completes as refused if it was. */
    void cancel();
}
