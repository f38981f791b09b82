package org.sallyport.ike.internal.core;

import java.util.List;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Share;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;

/** What happens to a session. */
public sealed interface Event {
    /** A message came in for one of its SPIs. */
    record Received(Endpoints endpoints, Bytes datagram) implements Event {}

    /**
     * The first request of a peer was admitted.
     *
     * @param request decoded
     * @param datagram as it came
     * @param suite what is chosen of its offer
     * @param proposal number of the proposal chosen
     */
    record Admitted(Endpoints endpoints, IkeMessage request, Bytes datagram, IkeSuite suite, int proposal)
            implements Event {}

    /** Time went by. */
    record Tick() implements Event {}

    /** A question was answered. */
    record Answered(long token, Outcome outcome) implements Event {}

    /** A pair is wanted. */
    record Negotiate(long negotiation, NegotiationRequest request, long deadline) implements Event {}

    /** Nobody waits for it any more. */
    record Abandon(long negotiation) implements Event {}

    /** A lineage's pair is to be replaced. */
    record RekeyChild(ChildSaId lineage) implements Event {}

    /** A pair is wanted beside a lineage's. */
    record ShareChild(Share wanted) implements Event {}

    /** The IKE SA is to be replaced. */
    record RekeyIke() implements Event {}

    /** A lineage is to end. */
    record DeleteChild(ChildSaId lineage, Reason reason) implements Event {}

    /** The IKE SA is to end. */
    record DeleteIke(Reason reason) implements Event {}

    /** Both sides are to prove themselves anew. */
    record Reauthenticate() implements Event {}

    /** A newer session with the peer takes its place. */
    record Superseded(Reason reason, Session.Farewell farewell) implements Event {}

    /** What an elder session's pairs carry is to be carried on. */
    record TakeOver(List<Carried> carried) implements Event {}

    /** It is carried on by the heir. */
    record TakenOver(List<Carried> carried) implements Event {}

    /** There will be no heir. */
    record NotTakenOver() implements Event {}

    /** Another session with the peer is about to end: what waits for that sends from now on. */
    record CarryOn(IkeSaId asker, long token) implements Event {}

    /** Another connection took the place of that of the session's stream: what was under way may be lost. */
    record Reopened() implements Event {}

    /** The session goes on from a checkpoint. */
    record Resumed() implements Event {}
}
