package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/** INFORMATIONAL as responder: deletes, liveness checks, and notifies that change nothing (RFC 7296 section 1.4). */
final class InformationalAnswer implements Answerer {
    @Override
    public boolean answers(Session session, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.INFORMATIONAL)
                && session.state().id().isPresent();
    }

    @Override
    public void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        List<Payload.Delete> deletes = request.all(Payload.Delete.class).toList();
        if (deletes.stream().anyMatch(d -> d.protocol() == ProtocolId.IKE)) {
            Runnable answer = () -> sa.respond(List.of(), () -> ended(session, sa));
            if (isLast(session, sa)) {
                session.handOverThen(answer);
            } else {
                answer.run();
            }
            return;
        }
        List<SpiKey> ours = new ArrayList<>();
        deletes.stream().flatMap(InformationalAnswer::keys).forEach(key -> delete(session, key, ours));
        if (session.state().initiator) {
            AuthenticationLifetime.learn(session, request);
        }
        List<Payload> payloads = new ArrayList<>(Mobike.informed(session, sa, request));
        for (IpsecProtocol protocol : IpsecProtocol.values()) {
            List<Bytes> spis = ours.stream()
                    .filter(key -> key.protocol() == protocol)
                    .map(key -> Spis.bytes(key.spi()))
                    .toList();
            if (!spis.isEmpty()) {
                payloads.add(new Payload.Delete(protocol.securityProtocol(), spis));
            }
        }
        sa.respond(payloads);
    }

    private static Stream<SpiKey> keys(Payload.Delete delete) {
        return IpsecProtocol.of(delete.protocol()).stream().flatMap(protocol -> delete.spis().stream()
                .filter(spi -> spi.length() == Integer.BYTES)
                .map(spi -> new SpiKey(protocol, Spis.number(spi))));
    }

    private static void delete(Session session, SpiKey peerSpi, List<SpiKey> ours) {
        Optional<ChildState> child = session.state().childByOutbound(peerSpi);
        if (child.isEmpty()) {
            session.children().deletedEarly(peerSpi);
        } else if (!session.children().beingDeleted(child.get().inbound())) {
            // when both sides delete at once, each learns of the other's SPI from its request (RFC 7296 section 1.4.1)
            ours.add(child.get().inbound());
            delete(session, child.get());
        }
    }

    private static void delete(Session session, ChildState child) {
        boolean succeeded = session.state().children.stream()
                .anyMatch(c -> c.predecessor == child.inboundSpi && c.status != ChildStatus.LINGERING);
        session.children().activateSuccessors(child);
        if (succeeded) {
            session.children().linger(child, Reason.of(ReasonCode.REKEYED));
        } else {
            session.children().drop(child, Reason.of(ReasonCode.DELETED_BY_PEER, session.peerName()));
        }
    }

    /** Tells whether no IKE SA that was made to replace it carries on. */
    private static boolean isLast(Session session, IkeSa sa) {
        return sa.state().role == IkeSaState.Role.CURRENT && candidate(session).isEmpty();
    }

    private static Optional<IkeSa> candidate(Session session) {
        return session.ikeSas().stream()
                .filter(s -> s.state().role == IkeSaState.Role.CANDIDATE)
                .findFirst();
    }

    private static void ended(Session session, IkeSa sa) {
        Optional<IkeSa> candidate = candidate(session);
        boolean current = sa.state().role == IkeSaState.Role.CURRENT;
        if (session.state().phase == Phase.DELETING) {
            session.gone(sa, session.context().tuning().lingerTime());
        } else if (current && candidate.isPresent()) {
            session.succeed(sa, candidate.get(), IkeSaState.Role.THEIRS_TO_DELETE, false);
            lingering(session, sa);
        } else if (!current) {
            sa.state().role = IkeSaState.Role.THEIRS_TO_DELETE; // a candidate that is gone succeeds nobody
            lingering(session, sa);
        } else {
            Reason reason = session.replaced()
                    ? Reason.of(ReasonCode.REAUTHENTICATED)
                    : Reason.of(ReasonCode.DELETED_BY_PEER, session.peerName());
            session.close(reason, Session.Farewell.LINGER);
        }
    }

    private static void lingering(Session session, IkeSa sa) {
        sa.endTasks();
        sa.state().closeAt =
                session.now() + session.context().tuning().lingerTime().toNanos();
    }
}
