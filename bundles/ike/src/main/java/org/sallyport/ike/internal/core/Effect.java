package org.sallyport.ike.internal.core;

import java.util.List;
import java.util.Map;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.message.Bytes;

/** What a session wants done. Effects are carried out in their order, each before the next begins. */
public sealed interface Effect {
    /** Sends a message. */
    record Send(Endpoints endpoints, Bytes message, Summary summary) implements Effect {}

    /**
     * An authenticated message came by this stream: its connection takes the place of the session's own (RFC 9329 section
     * 6.1), if it is another.
     *
     * @param proven whether the peer has proved who it is, and not only that it began this exchange
     */
    record MoveStream(Endpoints known, Endpoints newer, boolean proven) implements Effect {}

    /** Sends a NAT keep-alive. */
    record KeepAlive(Endpoints endpoints) implements Effect {}

    /** Asks; the answer comes back as {@link Event.Answered} with the same token. */
    record Ask(long token, Question<?> question) implements Effect {}

    /** Stops to send by a pair. */
    record Retire(SpiKey inbound) implements Effect {}

    /** Ends a pair, or gives a reserved SPI back. */
    record Delete(SpiKey inbound, Reason reason) implements Effect {}

    /** Messages with this SPI of ours belong to the session from here on. */
    record Listen(long localSpi) implements Effect {}

    /** They no longer do. */
    record Deafen(long localSpi) implements Effect {}

    /** A negotiation has ended. */
    record Settle(long negotiation, NegotiationResult result) implements Effect {}

    /** The peer has authenticated itself, or never will: the session is no longer half-open. */
    record HalfOpenEnded(long localSpi) implements Effect {}

    /** Other sessions with this peer that stood before this time end (RFC 7296 section 2.4). */
    record Supersede(Identity peer, long before, Event.Superseded word) implements Effect {}

    /** What a session's pairs carry is to go over to one that is made anew, or already is being made for it. */
    record HandOver(IkeSaId from, List<Carried> carried) implements Effect {}

    /** What could be taken over from a session stands. */
    record TakenOver(IkeSaId from, List<Carried> carried) implements Effect {}

    /** Nothing will be taken over from a session. */
    record NotTakenOver(IkeSaId from) implements Effect {}

    /** Answers another session's {@link Question.CarryOn}. */
    record CarriesOn(IkeSaId asker, long token) implements Effect {}

    /** A lease of an address is over. */
    record ReleaseAddress(AddressLease lease) implements Effect {}

    /** What the peer assigned to us with an IKE SA is no longer ours. */
    record GiveUpAddresses(IkeSaId id) implements Effect {}

    /**
     * One of its IKE SAs is over: what it answered, by message id, is answered again until then.
     *
     * @param until boot time in nanoseconds
     */
    record AnswerAgain(long localSpi, Map<Long, RequestWindow.Answer> answers, long until) implements Effect {}

    /** The checkpoint is of no use any more. */
    record DropCheckpoint(CheckpointId id) implements Effect {}

    /** The session is over and has no further use for its thread. */
    record Finished() implements Effect {}

    /** Something people want to know. */
    sealed interface Notice extends Effect {}

    /**
     * A message was received and understood.
     *
     * @param initiatorSpi tells one IKE SA of the session from another
     */
    record Received(Endpoints endpoints, long initiatorSpi, Summary summary) implements Notice {}

    /** The IKE SA stands. */
    record IkeUp(IkeSaId id, Identity peer, boolean initiator, String suite, Endpoints endpoints) implements Notice {}

    /**
     * ESP travels in UDP although the peer's entry asks for it without.
     *
     * @param weBehindNat whether we are behind a NAT
     * @param peerBehindNat whether the peer is, or says so
     */
    record UdpNonetheless(IkeSaId id, Identity peer, boolean weBehindNat, boolean peerBehindNat) implements Notice {}

    /** Addresses were assigned, by us to the peer or the other way round. */
    record AddressesAssigned(IkeSaId id, Identity peer, boolean toUs, HostConfiguration configuration)
            implements Notice {}

    /** The IKE SA was replaced by its successor. */
    record IkeRekeyed(IkeSaId id, boolean initiator) implements Notice {}

    /** The IKE SA is gone. */
    record IkeDown(IkeSaId id, Reason reason) implements Notice {}

    /**
     * An IKE SA did not come about.
     *
     * @param peer its name for people
     * @param meant whose it would have been, as far as that can be told; where the peer asked, nothing of it is proven
     */
    record IkeFailed(String peer, List<ConnectionId> meant, boolean initiator, Reason reason) implements Notice {
        public IkeFailed {
            meant = List.copyOf(meant);
        }

        /** Whether nobody has to hear of it: nobody wants it any more, or whoever asked for it went away. */
        public boolean isSilence() {
            ReasonCode code = reason.code();
            return code == ReasonCode.CANCELLED || (!initiator && code == ReasonCode.PEER_UNREACHABLE);
        }
    }

    /** A pair stands. */
    record ChildUp(ChildState child, boolean initiator) implements Notice {}

    /** A pair was replaced by its successor. */
    record ChildRekeyed(ChildState old, ChildState successor, boolean initiator) implements Notice {}

    /** A pair is gone. */
    record ChildDown(ChildState child, Reason reason) implements Notice {}

    /** A Child SA did not come about. */
    record ChildFailed(IkeSaId id, String policy, boolean initiator, Reason reason) implements Notice {}

    /**
     * A message in words.
     *
     * @param exchange such as IKE_AUTH
     * @param response whether it is one
     * @param messageId its id
     * @param payloads such as IDi, AUTH, N(INITIAL_CONTACT); not changed by whoever made the list
     * @param transmission counts retransmissions from 1
     */
    record Summary(String exchange, boolean response, long messageId, List<String> payloads, int transmission) {}
}
