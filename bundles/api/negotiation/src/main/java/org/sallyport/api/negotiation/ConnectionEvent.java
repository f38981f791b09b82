package org.sallyport.api.negotiation;

import java.util.Optional;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ConnectionId;

/**
 * Something that became of a connection. Immutable.
 *
 * @param connection whose
 * @param kind what happened
 * @param subject the SA's name for people ("west[3]"), or empty where none came about
 * @param policy the policy that a Child SA stands or was to stand under; empty for IKE SAs
 * @param reason why it ended or did not come about; who tells it has put it into the log, where it need not stand twice
 */
public record ConnectionEvent(
        ConnectionId connection, Kind kind, String subject, Optional<String> policy, Optional<Reason> reason) {
    /** What happened. */
    public enum Kind {
        IKE_UP,
        IKE_REKEYED,
        IKE_DOWN,
        IKE_FAILED,
        /** Somebody who seemed to be the peer asked for an IKE SA and did not get it; nothing of what they said is proven. */
        IKE_REFUSED,
        CHILD_UP,
        CHILD_REKEYED,
        CHILD_DOWN,
        CHILD_FAILED
    }
}
