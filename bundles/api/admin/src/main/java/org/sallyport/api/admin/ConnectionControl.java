package org.sallyport.api.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.sallyport.api.reason.Reason;

/** Brings connections up and takes them down by hand. Thread safe; no call blocks. */
public interface ConnectionControl {
    /**
     * How one policy's negotiation ended.
     *
     * @param policy its name
     * @param refusal why no pair came about; empty when one stands
     */
    record Attempt(String policy, Optional<Reason> refusal) {}

    /**
     * Negotiates what does not stand yet under the connection's policies. Completes, always normally, with one attempt
     * for each policy that was not up.
     *
     * @throws IllegalArgumentException with words for the administrator, when there is no such connection or nothing that
     *     could be negotiated without a flow
     */
    CompletionStage<List<Attempt>> up(String connection);

    /**
     * Ends the connection's IKE SAs with all their SAs and tells the peer. It comes back with {@link #up}, and unless it
     * starts by hand alone, with the next flow that needs it.
     *
     * @param who for the history
     * @return how many IKE SAs are being ended
     * @throws IllegalArgumentException with words for the administrator, when there is no such connection
     */
    int down(String connection, String who);
}
