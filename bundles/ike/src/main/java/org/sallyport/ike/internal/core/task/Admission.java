package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.IdentityType;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.Uniqueness;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * One peer's way in: its proof, our name for the IKE SA, our proof, its first Child SA.
 *
 * @param request the first of IKE_AUTH, which asks for the Child SA
 * @param peer the entry that fits its identity
 * @param identity who it says it is
 */
record Admission(Session session, IkeSa sa, IkeMessage request, PadEntry peer, Identity identity) {
    static void refuse(Session session, IkeSa sa, Reason reason) {
        sa.continuation(null);
        sa.respond(
                List.of(Payload.Notify.of(NotifyType.AUTHENTICATION_FAILED)),
                () -> session.close(reason, Session.Farewell.LINGER));
    }

    /**
     * Returns the same way in under the name that EAP proved (RFC 7296 section 2.16). Empty when the entry stands for
     * several and not for that name: the identity that came instead is only claimed, and may be somebody else's.
     */
    Optional<Admission> as(String user) {
        if (user.isEmpty()) {
            return Optional.of(this);
        }
        Identity proven = new Identity(user.indexOf('@') > 0 ? IdentityType.EMAIL : IdentityType.FQDN, user);
        if (peer.remoteIdentity().matches(proven)) {
            return Optional.of(new Admission(session, sa, request, peer, proven));
        }
        return peer.remoteIdentity().isPattern() ? Optional.empty() : Optional.of(this);
    }

    void refuse(Reason reason) {
        refuse(session, sa, reason);
    }

    void verify(Payload.Identification idi, AuthProof proof) {
        session.ask(
                new Question.Verify(new Claim(
                        peer, identity, Proofs.octets(sa, true, idi), sa.init().announced(), proof)),
                verified -> proven(verified),
                this::refuse);
    }

    private void proven(Verified verified) {
        verified.remaining().ifPresent(session::authenticatedFor);
        Payload.Identification idr = idr();
        prove(idr, payloads -> name(() -> child(payloads)));
    }

    Payload.Identification idr() {
        return Identities.payload(peer.localIdentity(), false);
    }

    /** Goes on with our identity and its proof. */
    void prove(Payload.Identification idr, Consumer<List<Payload>> then) {
        ProofRequest wanted = new ProofRequest(
                peer,
                Proofs.octets(sa, false, idr),
                Announcements.and(sa.init().announced(), Announcements.of(request)));
        session.ask(
                new Question.Prove(wanted),
                proof -> {
                    List<Payload> payloads = new ArrayList<>(List.of(idr));
                    payloads.addAll(Proofs.payloads(proof));
                    then.accept(payloads);
                },
                this::refuse);
    }

    private boolean initialContact() {
        return peer.uniqueness() != Uniqueness.NEVER
                && request.notify(NotifyType.INITIAL_CONTACT).isPresent();
    }

    private void supersede(long before, ReasonCode code, Session.Farewell farewell) {
        Reason reason = Reason.of(code, session.peerName());
        session.emit(new Effect.Supersede(identity, before, new Event.Superseded(reason, farewell)));
    }

    /** The peer has proven itself: the IKE SA has a name. */
    void name(Runnable then) {
        boolean another = session.othersStand(peer, Optional.of(identity));
        if (peer.uniqueness() == Uniqueness.KEEP && another && !initialContact()) {
            refuse(Reason.of(ReasonCode.PEER_STANDS_ALREADY, peer.connection(), identity));
            return;
        }
        session.ask(
                new Question.NameIkeSa(peer.connection()),
                id -> {
                    session.state().id(id);
                    session.state().peerIdentity(identity);
                    session.peer(peer);
                    then.run();
                },
                this::refuse);
    }

    /** Answers with what is there already, the addresses that the peer asks for, and the Child SA. */
    void child(List<Payload> before) {
        sa.continuation(null);
        Optional<Payload.Configuration> asked = ConfigurationPayloads.find(request, Payload.Configuration.REQUEST)
                .filter(c -> !peer.pools().isEmpty());
        List<InetAddress> wanted = asked.map(ConfigurationPayloads::wanted).orElse(List.of());
        if (asked.isEmpty() || wanted.isEmpty()) {
            child(before, Optional.empty());
            return;
        }
        IkeSaId id = session.state().id().orElseThrow();
        session.ask(
                new Question.LeaseAddresses(new AddressRequest(id, peer, identity, wanted)),
                leased -> {
                    session.state().leases.addAll(leased.leases());
                    HostConfiguration given = session.state().hostConfiguration();
                    List<Payload> payloads = new ArrayList<>(before);
                    payloads.add(ConfigurationPayloads.reply(given, asked.get()));
                    session.emit(new Effect.AddressesAssigned(id, identity, false, given));
                    child(payloads, Optional.empty());
                },
                reason -> child(before, Optional.of(reason)));
    }

    /** RFC 7296 section 2.19: a peer whose address fails gets its IKE SA, and no Child SA. */
    private void child(List<Payload> before, Optional<Reason> noAddress) {
        if (initialContact()) {
            session.initialContact();
            supersede(session.state().startedAt, ReasonCode.PEER_RESTARTED, Session.Farewell.NONE);
        }
        session.established();
        if (peer.uniqueness() == Uniqueness.REPLACE) {
            long since = session.state().establishedAt;
            session.later(
                    session.context().tuning().handoverTime(),
                    () -> supersede(since, ReasonCode.SUPERSEDED, Session.Farewell.TELL));
        }
        List<Payload> payloads = new ArrayList<>(before);
        AuthenticationLifetime.notice(session).ifPresent(payloads::add);
        payloads.add(Extensions.window());
        payloads.addAll(Mobike.answered(session, peer, request));
        if (noAddress.isPresent()) {
            respond(
                    payloads,
                    new ChildAnswer.Result.Refused(
                            Payload.Notify.of(NotifyType.INTERNAL_ADDRESS_FAILURE), noAddress.get()));
            return;
        }
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
