package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.Effect;
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
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** CREATE_CHILD_SA for a further or a successor's Child SA, as responder (RFC 7296 sections 1.3.1 and 1.3.3). */
final class CreateChildAnswer implements Answerer {
    @Override
    public boolean answers(Session session, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA)
                && session.state().id().isPresent();
    }

    @Override
    public void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        if (busy(session, sa)) {
            sa.respond(List.of(Payload.Notify.of(NotifyType.TEMPORARY_FAILURE)));
            return;
        }
        Optional<Payload.Notify> rekey = request.notify(NotifyType.REKEY_SA);
        Optional<ChildState> old = rekey.filter(n -> n.spi().length() == Integer.BYTES)
                .flatMap(n -> IpsecProtocol.of(n.protocol())
                        .flatMap(p -> session.state().childByOutbound(new SpiKey(p, Spis.number(n.spi())))));
        if (rekey.isPresent() && old.isEmpty() && sa.running().isPresent()) {
            // its SPI may be in a response that is still on its way to us
            sa.respond(List.of(Payload.Notify.of(NotifyType.TEMPORARY_FAILURE)));
        } else if (rekey.isPresent() && old.isEmpty()) {
            sa.respond(List.of(new Payload.Notify(
                    rekey.get().protocol(), rekey.get().spi(), NotifyType.CHILD_SA_NOT_FOUND, Bytes.EMPTY)));
        } else if (old.isPresent() && !old.get().rekeyable()) {
            sa.respond(List.of(Payload.Notify.of(NotifyType.TEMPORARY_FAILURE)));
        } else {
            ChildAnswer.answer(sa, request, old, false, result -> conclude(sa, result, old, payloads -> payloads));
        }
    }

    /** RFC 7296 section 2.25.2: not while the IKE SA itself is being replaced or closed. */
    private static boolean busy(Session session, IkeSa sa) {
        return session.state().phase != Phase.ESTABLISHED
                || sa.state().role != IkeSaState.Role.CURRENT
                || sa.running().filter(IkeRekeyTask.class::isInstance).isPresent();
    }

    /** Sends what became of the Child SA, among the payloads of the response. */
    static void conclude(
            IkeSa sa, ChildAnswer.Result result, Optional<ChildState> old, UnaryOperator<List<Payload>> response) {
        Session session = sa.session();
        switch (result) {
            case ChildAnswer.Result.Refused refused -> {
                session.emit(new Effect.ChildFailed(
                        session.state().id().orElseThrow(),
                        old.map(c -> c.policy).orElse(""),
                        false,
                        refused.reason()));
                sa.respond(response.apply(List.of(refused.answer())));
            }
            case ChildAnswer.Result.Agreed agreed
            when old.isPresent() -> {
                succeed(session, old.get(), agreed.child());
                if (sa.running().orElse(null) instanceof ChildRekeyTask ours) {
                    ours.collidesWith(agreed.child());
                }
                sa.respond(response.apply(agreed.payloads()));
            }
            case ChildAnswer.Result.Agreed agreed
            when session.othersCarry(agreed.child()) -> {
                // the peer may not have our answer yet, and what it carries on still stands: that sends until it ends
                agreed.child().activateAt = session.now()
                        + session.context().tuning().handoverTime().toNanos();
                session.emit(new Effect.ChildUp(agreed.child(), false));
                sa.respond(response.apply(agreed.payloads()));
            }
            case ChildAnswer.Result.Agreed agreed ->
                session.children()
                        .activate(
                                agreed.child(),
                                handle -> {
                                    session.emit(new Effect.ChildUp(agreed.child(), false));
                                    sa.respond(response.apply(agreed.payloads()));
                                },
                                reason -> {
                                    session.children().drop(agreed.child(), reason);
                                    sa.respond(
                                            response.apply(List.of(Payload.Notify.of(NotifyType.TEMPORARY_FAILURE))));
                                });
        }
    }

    /**
     * The successor receives from now on, and sends once the peer deletes the old pair: only then is it known to receive
     * (RFC 7296 section 2.8).
     */
    private static void succeed(Session session, ChildState old, ChildState successor) {
        old.replaced = true;
        successor.predecessor = old.inboundSpi;
        if (old.status == ChildStatus.ACTIVE) {
            successor.activateAt = session.now()
                    + session.context().tuning().activationTimeout().toNanos();
        }
        session.emit(new Effect.ChildRekeyed(old, successor, false));
    }
}
