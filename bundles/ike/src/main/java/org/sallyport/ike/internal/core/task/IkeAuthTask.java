package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.AuthenticationMethod;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.InitRecord;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.Waiter;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.keys.AuthOctets;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** IKE_AUTH as initiator, with the first Child SA (RFC 7296 section 1.2). */
final class IkeAuthTask implements Task {
    private final Session session;
    private @Nullable ChildRequest child;
    private @Nullable Waiter waiter;

    IkeAuthTask(Session session) {
        this.session = session;
    }

    @Override
    public void begin(IkeSa sa) {
        Optional<PadEntry> peer = session.peer();
        Optional<Waiter> first = session.waiters().first();
        if (peer.isEmpty() || first.isEmpty()) {
            session.close(Reason.of(ReasonCode.CANCELLED), Session.Farewell.NONE);
            return;
        }
        session.ask(
                new Question.OpenLineage(session.state().id().orElseThrow()),
                reserved -> begin(sa, peer.get(), first.get(), reserved),
                reason -> session.close(reason, Session.Farewell.NONE));
    }

    private void begin(IkeSa sa, PadEntry peer, Waiter wanted, Question.Reserved reserved) {
        TaskRecord.Child asked = new TaskRecord.Child(
                reserved.lineage(),
                reserved.inbound().spi(),
                wanted.request().policy().name(),
                wanted.request().selectors(),
                sa.init().ni(),
                Optional.empty(),
                0,
                Optional.empty());
        ChildRequest request = ChildRequest.of(session, asked, wanted.request().policy(), true);
        child = request;
        waiter = wanted;
        Optional<Reason> unavailable = Offers.unavailable(session.context().crypto(), request.offered());
        Optional<AuthenticationMethod> method = session.context().authentication(peer.authentication());
        if (unavailable.isPresent() || method.isEmpty()) {
            session.close(unavailable.orElseGet(() -> noMethod(peer)), Session.Farewell.NONE);
            return;
        }
        Payload.Identification id = Identities.payload(peer.localIdentity(), true);
        method.get()
                .sign(
                        session,
                        peer,
                        sa.prf(),
                        octets(sa, true, id),
                        auth -> send(sa, peer, id, auth, request, wanted),
                        reason -> session.close(reason, Session.Farewell.NONE));
    }

    static Reason noMethod(PadEntry peer) {
        return Reason.of(
                ReasonCode.CAPABILITY_ABSENT,
                "authentication method \"" + peer.authentication() + "\"",
                "start the bundle that provides it");
    }

    /** What one side signs (RFC 7296 section 2.15). */
    static byte[] octets(IkeSa sa, boolean ofInitiator, Payload.Identification id) {
        InitRecord init = sa.init();
        return AuthOctets.signed(
                sa.prf(),
                (ofInitiator ? init.request() : init.response()).toArray(),
                ofInitiator ? init.nr() : init.ni(),
                sa.state().keys().authentication(ofInitiator),
                id);
    }

    private void send(
            IkeSa sa,
            PadEntry peer,
            Payload.Identification id,
            Payload.Authentication auth,
            ChildRequest request,
            Waiter wanted) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(id);
        if (session.initialContact()) {
            payloads.add(Payload.Notify.of(NotifyType.INITIAL_CONTACT));
        }
        payloads.add(Identities.payload(peer.remoteIdentity(), false));
        payloads.add(auth);
        payloads.add(request.offer());
        payloads.addAll(request.selectors(wanted.request().trigger()));
        sa.request(this, ExchangeType.IKE_AUTH, payloads);
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) throws IkeProtocolException {
        Optional<Payload.Notify> error = response.firstError();
        if (response.first(Payload.Authentication.class).isEmpty() && error.isPresent()) {
            session.close(refused(error.get()), Session.Farewell.NONE);
            return;
        }
        PadEntry peer = session.peer().orElseThrow();
        Payload.Identification idr = response.only(Payload.Identification.class);
        Payload.Authentication proof = response.only(Payload.Authentication.class);
        Reason notProven = Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, peer.connection(), peer.remoteIdentity());
        Optional<Identity> identity = Identities.identity(idr).filter(peer.remoteIdentity()::equals);
        if (idr.ofInitiator() || identity.isEmpty()) {
            session.close(notProven, Session.Farewell.TELL);
            return;
        }
        session.context()
                .authentication(peer.authentication())
                .orElseThrow()
                .verify(
                        session,
                        peer,
                        sa.prf(),
                        octets(sa, false, idr),
                        proof,
                        proven -> {
                            if (proven) {
                                established(sa, identity.get(), response);
                            } else {
                                session.close(notProven, Session.Farewell.TELL);
                            }
                        },
                        reason -> session.close(reason, Session.Farewell.TELL));
    }

    private Reason refused(Payload.Notify error) {
        return error.type().equals(NotifyType.AUTHENTICATION_FAILED)
                ? Reason.of(ReasonCode.PEER_REFUSED_AUTHENTICATION, session.peerName())
                : Reason.of(
                        ReasonCode.PEER_REFUSED,
                        session.peerName(),
                        error.type(),
                        child == null ? "nothing" : Offers.words(child.offered()));
    }

    private void established(IkeSa sa, Identity identity, IkeMessage response) {
        session.state().peerIdentity(identity);
        session.established();
        ChildRequest request = child;
        if (request == null) {
            sa.finished(this);
            return;
        }
        Optional<Reason> refusal = request.refusal(response);
        if (refusal.isPresent()) {
            request.giveBack(refusal.get());
            failed(sa, refusal.get());
            return;
        }
        InitRecord init = sa.init();
        request.accept(
                sa,
                response,
                new ChildPairs.Material(init.ni(), init.nr(), Optional.empty()),
                pair -> activate(sa, pair),
                reason -> failed(sa, reason));
    }

    private void activate(IkeSa sa, ChildState pair) {
        session.children()
                .activate(
                        pair,
                        handle -> {
                            session.emit(new Effect.ChildUp(pair, true));
                            settle(new NegotiationResult.Established(handle));
                            sa.finished(this);
                        },
                        reason -> {
                            session.children().end(pair, reason);
                            failed(sa, reason);
                        });
    }

    private void failed(IkeSa sa, Reason reason) {
        if (child != null) {
            session.emit(new Effect.ChildFailed(
                    session.state().id().orElseThrow(), child.asked().policy(), true, reason));
        }
        settle(new NegotiationResult.Refused(reason));
        sa.finished(this);
    }

    private void settle(NegotiationResult result) {
        if (waiter != null) {
            session.waiters().settle(waiter.negotiation(), result);
        }
    }

    @Override
    public void dropped(IkeSa sa) {
        if (child != null && session.state().childByInbound(child.spi().spi()).isEmpty()) {
            child.giveBack(Reason.of(ReasonCode.CANCELLED));
        }
    }
}
