package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.InitRecord;
import org.sallyport.ike.internal.core.PlainTask;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.keys.IkeKeys;
import org.sallyport.ike.internal.keys.KeySchedule;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * IKE_SA_INIT as initiator (RFC 7296 section 1.2), with cookies (2.6) and INVALID_KE_PAYLOAD (1.3). Nothing that comes in
 * is authenticated: a refusal counts only when no better answer follows it (2.21.1).
 */
final class IkeInitTask implements PlainTask {
    static final int NONCE_LENGTH = 32;
    private static final int MAX_ROUNDS = 6;
    private static final int MAX_COOKIE = 64;

    private final Session session;
    private final List<Proposal> proposals;
    private Bytes nonce = Bytes.EMPTY;
    private Bytes sent = Bytes.EMPTY;
    private Optional<Bytes> cookie = Optional.empty();
    private @Nullable KeyShare share;
    private @Nullable Reason refusal;
    private long refuseAt = ChildState.NEVER;
    private int rounds;

    IkeInitTask(Session session) {
        this.session = session;
        this.proposals = session.peer().map(PadEntry::ikeProposals).orElse(List.of());
    }

    @Override
    public void begin(IkeSa sa) {
        Optional<Reason> unavailable = Offers.unavailable(session.context().crypto(), proposals);
        if (unavailable.isPresent()) {
            session.close(unavailable.get(), Session.Farewell.NONE);
            return;
        }
        NatPayloads.decide(
                session,
                session.peer().stream().toList(),
                session.state().endpoints.local().getAddress());
        nonce = session.randomBytes(NONCE_LENGTH);
        share(sa, Offers.firstKeyExchange(proposals));
    }

    private void share(IkeSa sa, int method) {
        try {
            closeShare();
            share = KeyShare.generate(session, method);
            send(sa, share);
        } catch (UnavailableTransformException e) {
            session.close(unavailable(e), Session.Farewell.NONE);
        }
    }

    static Reason unavailable(UnavailableTransformException e) {
        return Reason.of(ReasonCode.INTERNAL_ERROR, String.valueOf(e.getMessage()));
    }

    private void send(IkeSa sa, KeyShare keyShare) {
        long spi = sa.state().localSpi;
        List<Payload> payloads = new ArrayList<>();
        cookie.ifPresent(c -> payloads.add(Payload.Notify.of(NotifyType.COOKIE, c)));
        payloads.add(Offers.ike(proposals, Bytes.EMPTY));
        payloads.add(keyShare.payload());
        payloads.add(new Payload.Nonce(nonce));
        payloads.add(Announcements.hashes());
        payloads.addAll(NatPayloads.payloads(session, spi, 0, session.state().endpoints));
        payloads.addAll(Extensions.asked());
        IkeMessage request = new IkeMessage(IkeHeader.request(spi, 0, ExchangeType.IKE_SA_INIT, true, 0), payloads);
        sent = Bytes.of(MessageEncoder.encode(request));
        sa.requestPlain(request, sent);
    }

    @Override
    public void plainResponse(IkeSa sa, Endpoints endpoints, Bytes datagram) {
        KeyShare own = share;
        if (own == null || !comesFromThere(endpoints)) {
            return;
        }
        try {
            IkeMessage response = MessageDecoder.decode(datagram.toArray());
            if (response.first(Payload.SecurityAssociation.class).isPresent()) {
                accept(sa, own, endpoints, datagram, response);
            } else {
                reconsider(sa, own, response);
            }
        } catch (IkeProtocolException e) {
            refuseLater(Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), String.valueOf(e.getMessage())));
        } catch (UnavailableTransformException e) {
            session.close(unavailable(e), Session.Farewell.NONE);
        }
    }

    private boolean comesFromThere(Endpoints endpoints) {
        Endpoints asked = session.state().endpoints;
        return endpoints.remote().equals(asked.remote()) && endpoints.tcp() == asked.tcp();
    }

    private void reconsider(IkeSa sa, KeyShare own, IkeMessage response) {
        Optional<Payload.Notify> asked = response.notify(NotifyType.COOKIE);
        Optional<Payload.Notify> group = response.notify(NotifyType.INVALID_KE_PAYLOAD);
        Optional<Payload.Notify> error = response.firstError();
        if (++rounds > MAX_ROUNDS) {
            refuseLater(Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), "it is never satisfied"));
        } else if (asked.isPresent() && acceptable(asked.get().data())) {
            cookie = Optional.of(asked.get().data());
            send(sa, own);
        } else if (group.isPresent() && usable(group.get().data(), own)) {
            share(sa, number(group.get().data()));
        } else if (error.isPresent()) {
            refuseLater(Reason.of(
                    ReasonCode.PEER_REFUSED, session.peerName(), error.get().type(), Offers.words(proposals)));
        }
    }

    private boolean acceptable(Bytes asked) {
        return !asked.isEmpty() && asked.length() <= MAX_COOKIE && !cookie.equals(Optional.of(asked));
    }

    private boolean usable(Bytes group, KeyShare own) {
        return group.length() == 2 && number(group) != own.method() && Offers.offers(proposals, number(group));
    }

    static int number(Bytes twoOctets) {
        return twoOctets.get(0) << Byte.SIZE | twoOctets.get(1);
    }

    private void accept(IkeSa sa, KeyShare own, Endpoints endpoints, Bytes datagram, IkeMessage response)
            throws IkeProtocolException, UnavailableTransformException {
        IkeHeader header = response.header();
        if (header.responderSpi() == 0) {
            throw IkeProtocolException.invalidSyntax("the responder's SPI is zero");
        }
        IkeSuite suite = Offers.answeredIke(
                        session.context().crypto(), proposals, response.only(Payload.SecurityAssociation.class))
                .suite();
        Bytes nr = response.only(Payload.Nonce.class).value();
        if (suite.keyExchange() != own.method()) {
            throw IkeProtocolException.invalidSyntax("the peer chose another key exchange than it answered");
        }
        try (SecretBytes shared = own.agree(response.only(Payload.KeyExchange.class))) {
            sa.state().remoteSpi = header.responderSpi();
            sa.agree(suite, keys(session, suite, nonce, nr, shared, header));
        }
        closeShare();
        NatPayloads.learn(session, response, endpoints);
        Extensions.learn(session, response);
        session.state().endpoints = endpoints.floated();
        sa.init(new InitRecord(sent, datagram, nonce, nr, Announcements.of(response)));
        session.emit(IkeSa.received(endpoints, response));
        sa.plainAnswered();
        sa.finished(this);
        sa.submit(new IkeAuthTask(session));
    }

    static IkeKeys keys(Session session, IkeSuite suite, Bytes ni, Bytes nr, SecretBytes shared, IkeHeader header)
            throws UnavailableTransformException {
        Prf prf = session.context().crypto().prf(suite.prf());
        Protection protection = suite.protection(session.context().crypto());
        try (SecretBytes skeyseed = KeySchedule.skeyseed(prf, ni, nr, shared)) {
            return KeySchedule.ikeKeys(prf, protection, skeyseed, ni, nr, header.initiatorSpi(), header.responderSpi());
        }
    }

    private void refuseLater(Reason reason) {
        refusal = reason;
        if (refuseAt == ChildState.NEVER) {
            refuseAt =
                    session.now() + session.context().tuning().refusalPatience().toNanos();
        }
    }

    @Override
    public void tick(IkeSa sa) {
        Reason reason = refusal;
        if (reason != null && refuseAt <= session.now()) {
            session.close(reason, Session.Farewell.NONE);
        }
    }

    @Override
    public long deadline() {
        return refuseAt;
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) {
        // it comes as a plain one
    }

    @Override
    public void over() {
        closeShare();
    }

    private void closeShare() {
        if (share != null) {
            share.close();
            share = null;
        }
    }
}
