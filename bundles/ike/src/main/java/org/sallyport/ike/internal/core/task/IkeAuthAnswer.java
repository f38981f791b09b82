package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.AuthenticationMethod;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** IKE_AUTH as responder (RFC 7296 section 1.2): the PAD is asked with the identity, and believes it once it is proven. */
final class IkeAuthAnswer implements Answerer {
    @Override
    public boolean answers(Session session, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.IKE_AUTH)
                && session.state().phase == Phase.HALF_OPEN;
    }

    @Override
    public void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        Payload.Identification idi = id(request, true)
                .orElseThrow(() -> IkeProtocolException.invalidSyntax("IKE_AUTH comes without an identity"));
        Optional<Identity> remote = Identities.identity(idi);
        Optional<Identity> local = id(request, false).flatMap(Identities::identity);
        Optional<PadEntry> peer = remote.flatMap(r -> session.context().pad().find(r, local));
        Optional<Payload.Authentication> proof = request.first(Payload.Authentication.class);
        if (remote.isEmpty() || peer.isEmpty()) {
            refuse(session, sa, Reason.of(ReasonCode.UNKNOWN_IDENTITY, idi.text()));
        } else if (proof.isEmpty() || !accepts(session, sa, peer.get())) {
            refuse(session, sa, notProven(peer.get(), remote.get()));
        } else {
            new Attempt(session, sa, request, peer.get(), remote.get()).verify(idi, proof.get());
        }
    }

    private static Optional<Payload.Identification> id(IkeMessage request, boolean ofInitiator) {
        return request.all(Payload.Identification.class)
                .filter(i -> i.ofInitiator() == ofInitiator)
                .findFirst();
    }

    /** The suite was chosen before the peer was known: it has to be one of its own. */
    private static boolean accepts(Session session, IkeSa sa, PadEntry peer) {
        Payload.SecurityAssociation chosen = Offers.chosenIke(sa.state().suite(), 1, Bytes.EMPTY);
        return Offers.chooseIke(
                        session.context().crypto(),
                        peer.ikeProposals(),
                        chosen,
                        sa.state().suite().keyExchange())
                .isPresent();
    }

    private static Reason notProven(PadEntry peer, Identity identity) {
        return Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, peer.connection(), identity);
    }

    private static void refuse(Session session, IkeSa sa, Reason reason) {
        sa.respond(
                List.of(Payload.Notify.of(NotifyType.AUTHENTICATION_FAILED)),
                () -> session.close(reason, Session.Farewell.LINGER));
    }

    /** One peer's attempt to authenticate itself. */
    private record Attempt(Session session, IkeSa sa, IkeMessage request, PadEntry peer, Identity identity) {
        void verify(Payload.Identification idi, Payload.Authentication proof) {
            Optional<AuthenticationMethod> method = session.context().authentication(peer.authentication());
            if (method.isEmpty()) {
                refuse(session, sa, IkeAuthTask.noMethod(peer));
                return;
            }
            method.get()
                    .verify(
                            session,
                            peer,
                            sa.prf(),
                            IkeAuthTask.octets(sa, true, idi),
                            proof,
                            proven -> {
                                if (proven) {
                                    name(method.get());
                                } else {
                                    refuse(session, sa, notProven(peer, identity));
                                }
                            },
                            reason -> refuse(session, sa, reason));
        }

        private void name(AuthenticationMethod method) {
            session.ask(
                    new Question.NameIkeSa(peer.connection()),
                    id -> {
                        session.state().id(id);
                        session.state().peerIdentity(identity);
                        session.peer(peer);
                        sign(method);
                    },
                    reason -> refuse(session, sa, reason));
        }

        private void sign(AuthenticationMethod method) {
            Payload.Identification idr = Identities.payload(peer.localIdentity(), false);
            method.sign(
                    session,
                    peer,
                    sa.prf(),
                    IkeAuthTask.octets(sa, false, idr),
                    auth -> child(idr, auth),
                    reason -> refuse(session, sa, reason));
        }

        private void child(Payload.Identification idr, Payload.Authentication auth) {
            if (request.notify(NotifyType.INITIAL_CONTACT).isPresent()) {
                session.emit(new Effect.InitialContact(identity, session.state().startedAt));
            }
            session.established();
            List<Payload> payloads = new ArrayList<>(List.of(idr, auth));
            if (request.first(Payload.SecurityAssociation.class).isEmpty()) {
                sa.respond(payloads); // childless (RFC 6023) or not: the IKE SA stands
                return;
            }
            try {
                ChildAnswer.answer(sa, request, Optional.empty(), true, result -> respond(payloads, result));
            } catch (IkeProtocolException e) {
                payloads.add(e.toNotify());
                sa.respond(payloads);
            }
        }

        private void respond(List<Payload> payloads, ChildAnswer.Result result) {
            CreateChildAnswer.conclude(sa, result, Optional.empty(), answer -> {
                payloads.addAll(answer);
                return payloads;
            });
        }
    }
}
