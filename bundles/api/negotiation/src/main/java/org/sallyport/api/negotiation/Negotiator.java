package org.sallyport.api.negotiation;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;

/**
 * Makes SAs with peers by some protocol; a policy names it. Registered as a service with the property {@link #NAME}. Every
 * SA it makes goes through the {@link org.sallyport.api.sa.SaTable}. Thread safe; no call blocks.
 */
@ConsumerType
public interface Negotiator {
    /** Service property: the name that policies use ("ikev2"). */
    String NAME = "negotiator";

    /**
     * Starts to make a pair of SAs, under an IKE SA that stands or a new one.
     *
     * @param request what is wanted
     * @param deadline after which nobody waits any more
     */
    Negotiation negotiate(NegotiationRequest request, Duration deadline);

    /** Replaces a lineage's pair by a successor; the SAD asks when a soft lifetime is over. */
    void rekey(ChildSaId lineage);

    /** Replaces an IKE SA by a successor. */
    void rekey(IkeSaId ikeSa);

    /** Ends a lineage and tells the peer. */
    void delete(ChildSaId lineage, Reason reason);

    /** Ends an IKE SA with all its lineages and tells the peer. */
    void delete(IkeSaId ikeSa, Reason reason);
}
