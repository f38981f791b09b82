package org.sallyport.api.negotiation;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Share;

/**
 * Makes SAs with peers by some protocol; a policy names it. Registered as a service with the property {@link #NAME}. Every
 * SA it makes goes through the {@link org.sallyport.api.sa.SaTable}, which refuses what PAD and policy do not allow.
 * Thread safe; no call blocks.
 *
 * <p>It is called on a thread of its own. One that throws, does not return, answers null or never, or says that SAs stand
 * which are not there, has refused, with the reason in words ({@link Negotiators}); it harms the flows of its own policies
 * and no others.
 *
 * <p>It finds its peers' entries in the {@link Pad} and its policies in the {@link org.sallyport.api.policy.Spd} (those that
 * name it), secrets by the {@link SecretSource}, algorithms in the crypto registry. A pair's lifetimes are the policy's: the
 * SAD asks for a successor when the soft one is over, and ends the pair when the hard one is.
 *
 * <p>When it stops, its SAs stay in the SA table and carry traffic on, which is what lets a negotiator be replaced under
 * traffic: one that goes on later keeps what it needs for that in the {@link org.sallyport.api.checkpoint.CheckpointStore}.
 * One that does not tells its peers and ends its SAs, with a reason, before it is gone.
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

    /**
     * Makes a further pair for the same selectors beside a lineage's (RFC 9611). One that cannot, or whose peer will not,
     * does nothing: packets go by the lineage itself. Asked again from time to time.
     */
    default void share(Share wanted) {}

    /** Replaces an IKE SA by a successor. */
    void rekey(IkeSaId ikeSa);

    /** Ends a lineage and tells the peer. */
    void delete(ChildSaId lineage, Reason reason);

    /** Ends an IKE SA with all its lineages and tells the peer. */
    void delete(IkeSaId ikeSa, Reason reason);
}
