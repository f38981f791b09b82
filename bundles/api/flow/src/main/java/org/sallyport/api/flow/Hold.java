package org.sallyport.api.flow;

import java.util.concurrent.CompletionStage;

/** A request that waits for its SA, no longer than its policy's hold time. Thread safe. */
public interface Hold {
    /**
     * Completes, always normally, with {@link Admission.Proceed} or {@link Admission.Refuse}; on a thread that has other
     * holds to end, so that what follows on it does not wait for anything.
     */
    CompletionStage<Admission> outcome();

    /** The caller is gone; a negotiation for which nobody waits any more is cancelled. Repeating it does nothing. */
    void abandon();
}
