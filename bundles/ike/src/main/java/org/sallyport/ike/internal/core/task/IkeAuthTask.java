package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.InitRecord;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.Waiter;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.TaskRecord;
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
    private @Nullable EapTurns eap;

    IkeAuthTask(Session session) {
        this.session = session;
    }

    @Override
    public void begin(IkeSa sa) {
        Optional<PadEntry> peer = session.peer();
        Optional<Waiter> first = session.waiters().first();
        boolean childless = session.state().childless && session.relay().inherits();
        if (peer.isEmpty() || (first.isEmpty() && !childless)) {
            session.close(Reason.of(ReasonCode.CANCELLED), Session.Farewell.NONE);
        } else if (first.isEmpty()) {
            prove(sa, peer.get(), List.of()); // RFC 6023
        } else {
            session.ask(
                    new Question.OpenLineage(
                            session.state().id().orElseThrow(),
                            first.get().request().policy().ipsecProtocol()),
                    reserved -> offer(sa, peer.get(), first.get(), reserved),
                    reason -> session.close(reason, Session.Farewell.NONE));
        }
    }

    private void offer(IkeSa sa, PadEntry peer, Waiter wanted, Question.Reserved reserved) {
        Policy policy = wanted.request().policy();
        Optional<Selectors> carried =
                ChildRequest.limit(session, policy, wanted.request().selectors());
        if (carried.isEmpty()) {
            Reason reason =
                    ChildRequest.notTheHosts(session, policy, wanted.request().selectors());
            session.emit(new Effect.Delete(reserved.inbound(), reason));
            session.close(reason, Session.Farewell.NONE);
            return;
        }
        TaskRecord.Child asked = new TaskRecord.Child(
                reserved.lineage(),
                reserved.inbound(),
                policy.name(),
                AssignedSelectors.proposed(session, policy, carried.get()),
                sa.init().ni(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty());
        ChildRequest request = ChildRequest.of(session, asked, policy, true);
        child = request;
        waiter = wanted;
        Optional<Reason> unavailable = ChildRequest.throughTranslator(session, policy)
                .or(() -> Offers.unavailable(session.context().crypto(), request.offered()));
        if (unavailable.isPresent()) {
            session.close(unavailable.get(), Session.Farewell.NONE);
            return;
        }
        List<Payload> payloads = new ArrayList<>(List.of(request.offer()));
        boolean awaits = policy.awaitsAddress(); // what asks has another address yet
        payloads.addAll(request.selectors(wanted.request().trigger().filter(f -> !awaits)));
        prove(sa, peer, payloads);
    }

    private void prove(IkeSa sa, PadEntry peer, List<Payload> pair) {
        Payload.Identification id = Identities.payload(peer.localIdentity(), true);
        Announcements.ask(session, List.of(peer), ours -> {
            if (EapMethod.named(peer.localAuthentication())) {
                send(sa, peer, id, ours, List.of(), pair);
                return;
            }
            session.ask(
                    new Question.Prove(new ProofRequest(
                            peer, Proofs.octets(sa, true, id), sa.init().announced())),
                    proof -> send(sa, peer, id, ours, Proofs.payloads(proof), pair),
                    reason -> session.close(reason, Session.Farewell.NONE));
        });
    }

    private void send(
            IkeSa sa,
            PadEntry peer,
            Payload.Identification id,
            Announcement ours,
            List<Payload> proof,
            List<Payload> pair) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(id);
        payloads.addAll(
                proof.stream().filter(Payload.Certificate.class::isInstance).toList());
        if (!session.othersStand(peer, Optional.empty())) {
            payloads.add(Payload.Notify.of(NotifyType.INITIAL_CONTACT));
        }
        payloads.addAll(Announcements.certificateRequests(ours));
        if (!peer.remoteIdentity().isPattern()) {
            payloads.add(Identities.payload(peer.remoteIdentity(), false));
        }
        payloads.addAll(
                proof.stream().filter(p -> !(p instanceof Payload.Certificate)).toList());
        if (!sa.init().announced().methods().isEmpty()) {
            Announcements.methods(ours).ifPresent(payloads::add); // RFC 9593 section 3: to who spoke of it first
        }
        if (eapAlone(peer)) {
            payloads.add(Payload.Notify.of(NotifyType.EAP_ONLY_AUTHENTICATION));
        }
        payloads.add(Extensions.window());
        if (!peer.requestedAddresses().isEmpty()) {
            payloads.add(ConfigurationPayloads.request(wanted(peer)));
        }
        payloads.addAll(Mobike.asked(peer));
        payloads.addAll(pair);
        sa.request(this, ExchangeType.IKE_AUTH, payloads);
    }

    /** Whether the EAP method proves both sides, and no signature does (RFC 5998). */
    private static boolean eapAlone(PadEntry peer) {
        return EapMethod.named(peer.localAuthentication()) && EapMethod.named(peer.remoteAuthentication());
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) throws IkeProtocolException {
        EapTurns running = eap;
        Optional<Payload.Notify> error = response.firstError();
        Optional<AuthProof> proof = Proofs.of(response);
        boolean goesOn = proof.isPresent() || response.first(Payload.Eap.class).isPresent();
        if (!goesOn && error.isPresent()) {
            session.close(refused(error.get()), Session.Farewell.NONE);
        } else if (running != null) {
            running.response(response, proof);
        } else {
            judge(sa, response, proof);
        }
    }

    private void judge(IkeSa sa, IkeMessage response, Optional<AuthProof> proof) throws IkeProtocolException {
        PadEntry peer = session.peer().orElseThrow();
        Payload.Identification idr = response.only(Payload.Identification.class);
        Optional<Identity> identity = Identities.identity(idr).filter(peer.remoteIdentity()::matches);
        if (idr.ofInitiator() || identity.isEmpty()) {
            session.close(
                    Reason.of(
                            ReasonCode.PEER_IDENTITY_UNEXPECTED, peer.connection(), idr.text(), peer.remoteIdentity()),
                    Session.Farewell.TELL);
        } else if (eapAlone(peer)) {
            converse(sa, peer, idr, identity.get(), response);
        } else if (proof.isEmpty()) {
            throw IkeProtocolException.invalidSyntax("IKE_AUTH is answered without a proof");
        } else {
            session.ask(
                    new Question.Verify(new Claim(
                            peer,
                            identity.get(),
                            Proofs.octets(sa, false, idr),
                            sa.init().announced(),
                            proof.get())),
                    verified -> {
                        verified.remaining().ifPresent(session::authenticatedFor);
                        if (EapMethod.named(peer.localAuthentication())) {
                            converse(sa, peer, idr, identity.get(), response);
                        } else {
                            established(sa, identity.get(), response);
                        }
                    },
                    reason -> session.close(reason, Session.Farewell.TELL));
        }
    }

    private void converse(IkeSa sa, PadEntry peer, Payload.Identification idr, Identity identity, IkeMessage response) {
        EapTurns turns = new EapTurns(this, sa, peer, idr, last -> established(sa, identity, last));
        eap = turns;
        turns.begin(response);
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

    /** The address that we have from the peer already is the one that we would like again. */
    private List<InetAddress> wanted(PadEntry peer) {
        List<InetAddress> held = session.context().spd().current().policies().stream()
                .filter(p -> p.localAssigned() && !p.awaitsAddress())
                .filter(p -> p.peer().equals(Optional.of(peer.connection())))
                .flatMap(p -> p.selectors().local().stream())
                .map(s -> s.addresses().first())
                .toList();
        return peer.requestedAddresses().stream()
                .map(w -> held.stream()
                        .filter(h -> w.isAnyLocalAddress() && Addresses.isIpv4(h) == Addresses.isIpv4(w))
                        .findFirst()
                        .orElse(w))
                .toList();
    }

    /** What the peer assigned is taken before anything stands that depends on it. */
    private void established(IkeSa sa, Identity identity, IkeMessage response) {
        List<InetAddress> wanted =
                session.peer().map(PadEntry::requestedAddresses).orElse(List.of());
        if (wanted.isEmpty()) {
            stands(sa, identity, response);
            return;
        }
        HostConfiguration assigned = ConfigurationPayloads.find(response, Payload.Configuration.REPLY)
                .map(reply -> ConfigurationPayloads.read(reply, wanted))
                .orElse(HostConfiguration.NONE);
        if (assigned.addresses().isEmpty()) {
            String said = response.firstError().map(n -> n.type().toString()).orElse("no address in its answer");
            session.close(Reason.of(ReasonCode.ADDRESS_NOT_ASSIGNED, session.peerName(), said), Session.Farewell.TELL);
            return;
        }
        IkeSaId id = session.state().id().orElseThrow();
        session.ask(
                new Question.TakeAddresses(id, assigned),
                taken -> {
                    session.state().assigned = assigned;
                    session.emit(new Effect.AddressesAssigned(id, identity, true, assigned));
                    stands(sa, identity, response);
                },
                reason -> session.close(reason, Session.Farewell.TELL));
    }

    private void stands(IkeSa sa, Identity identity, IkeMessage response) {
        AuthenticationLifetime.learn(session, response);
        session.peer().ifPresent(peer -> Mobike.learn(session, peer, response));
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
            if (!tryExactly(sa, response)) {
                failed(sa, refusal.get());
            }
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

    /** RFC 7296 section 2.9: whoever wants a Child SA for each pair of addresses is asked for one. */
    private boolean tryExactly(IkeSa sa, IkeMessage response) {
        Optional<Waiter> exact = Optional.ofNullable(waiter)
                .filter(w -> response.notify(NotifyType.SINGLE_PAIR_REQUIRED).isPresent())
                .flatMap(Waiter::exact);
        exact.ifPresent(e -> {
            sa.finished(this);
            sa.submit(new ChildCreateTask(session, e));
        });
        return exact.isPresent();
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
    public void over() {
        if (eap != null) {
            eap.close();
        }
    }

    @Override
    public void dropped(IkeSa sa) {
        if (child != null && session.state().childByInbound(child.spi().spi()).isEmpty()) {
            child.giveBack(Reason.of(ReasonCode.CANCELLED));
        }
    }
}
