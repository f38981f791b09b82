package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.InitRecord;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** IKE_SA_INIT as responder, for a request that the door let in (RFC 7296 section 1.2). */
final class IkeInitAnswer {
    private IkeInitAnswer() {}

    static void admit(Session session, IkeSa sa, Event.Admitted first) {
        sa.state().remoteSpi = first.request().header().initiatorSpi();
        List<PadEntry> candidates =
                session.context().pad().candidates(first.endpoints().remote().getAddress());
        NatPayloads.decide(session, candidates, first.endpoints().local().getAddress());
        Announcements.ask(session, candidates, announced -> {
            try {
                answer(session, sa, first, announced);
            } catch (IkeProtocolException e) {
                refuse(session, sa, first, e);
            } catch (UnavailableTransformException e) {
                session.close(IkeInitTask.unavailable(e), Session.Farewell.NONE);
            }
        });
    }

    private static void refuse(Session session, IkeSa sa, Event.Admitted first, IkeProtocolException mistake) {
        IkeHeader header = first.request().header().toResponse(0);
        respond(sa, first, new IkeMessage(header, List.of(mistake.toNotify())));
        session.close(
                Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), String.valueOf(mistake.getMessage())),
                Session.Farewell.LINGER);
    }

    private static void answer(Session session, IkeSa sa, Event.Admitted first, Announcement announced)
            throws IkeProtocolException, UnavailableTransformException {
        IkeMessage request = first.request();
        if (!Mobike.natAllowed(request, first.endpoints())) {
            throw new IkeProtocolException(NotifyType.UNEXPECTED_NAT_DETECTED, "it allows no NAT, and there is one");
        }
        Payload.KeyExchange theirs = request.only(Payload.KeyExchange.class);
        Bytes ni = request.only(Payload.Nonce.class).value();
        Bytes nr = session.randomBytes(IkeInitTask.NONCE_LENGTH);
        IkeHeader header = request.header().toResponse(sa.state().localSpi);
        List<Payload> payloads = new ArrayList<>();
        try (KeyExchange.Response exchange = KeyShare.respond(session, theirs)) {
            sa.agree(first.suite(), IkeInitTask.keys(session, first.suite(), ni, nr, exchange.sharedSecret(), header));
            payloads.add(Offers.chosenIke(first.suite(), first.proposal(), Bytes.EMPTY));
            payloads.add(new Payload.KeyExchange(theirs.method(), Bytes.of(exchange.publicValue())));
        }
        payloads.add(new Payload.Nonce(nr));
        payloads.addAll(Announcements.inInit(announced));
        payloads.addAll(NatPayloads.payloads(session, header.initiatorSpi(), header.responderSpi(), first.endpoints()));
        payloads.addAll(Extensions.answered(request));
        NatPayloads.learn(session, request, first.endpoints());
        Extensions.learn(session, request);
        IkeMessage response = new IkeMessage(header, payloads);
        Bytes encoded = respond(sa, first, response);
        sa.init(new InitRecord(first.datagram(), encoded, ni, nr, Announcements.of(request)));
    }

    private static Bytes respond(IkeSa sa, Event.Admitted first, IkeMessage response) {
        Bytes encoded = Bytes.of(MessageEncoder.encode(response));
        sa.respondPlain(first.endpoints(), first.datagram(), response, encoded);
        return encoded;
    }
}
