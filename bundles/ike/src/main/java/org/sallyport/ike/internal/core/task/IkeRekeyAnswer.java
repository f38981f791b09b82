package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/** CREATE_CHILD_SA for the successor of an IKE SA, as responder (RFC 7296 sections 1.3.2 and 2.18). */
final class IkeRekeyAnswer implements Answerer {
    @Override
    public boolean answers(Session session, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA)
                && request.first(Payload.SecurityAssociation.class)
                        .filter(sa -> sa.proposals().stream().anyMatch(p -> p.protocol() == ProtocolId.IKE))
                        .isPresent();
    }

    @Override
    public void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        Optional<PadEntry> peer = session.peer();
        if (peer.isEmpty() || busy(session, sa)) {
            refuse(sa, Payload.Notify.of(NotifyType.TEMPORARY_FAILURE));
            return;
        }
        Payload.SecurityAssociation offer = request.only(Payload.SecurityAssociation.class);
        Payload.KeyExchange theirs = request.only(Payload.KeyExchange.class);
        Bytes ni = request.only(Payload.Nonce.class).value();
        Optional<Offers.Choice<IkeSuite>> choice =
                Offers.chooseIke(session.context().crypto(), peer.get().ikeProposals(), offer, theirs.method());
        if (choice.isEmpty() || choice.get().spi().length() != Long.BYTES) {
            refuse(sa, Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN));
        } else if (choice.get().suite().keyExchange() != theirs.method()) {
            refuse(sa, ChildAnswer.invalidKeyExchange(choice.get().suite().keyExchange()));
        } else {
            accept(sa, choice.get(), theirs, ni);
        }
    }

    /** RFC 7296 section 2.25.2: not while a Child SA is being made, replaced or closed. */
    private static boolean busy(Session session, IkeSa sa) {
        Optional<Task> running = sa.running();
        boolean childWork = running.isPresent()
                && !(running.get() instanceof IkeRekeyTask)
                && !(running.get() instanceof LivenessTask);
        boolean candidate = session.ikeSas().stream().anyMatch(s -> s.state().role == IkeSaState.Role.CANDIDATE);
        return session.state().phase != Phase.ESTABLISHED
                || sa.state().role != IkeSaState.Role.CURRENT
                || childWork
                || candidate;
    }

    private static void refuse(IkeSa sa, Payload.Notify notify) {
        sa.respond(List.of(notify));
    }

    private static void accept(IkeSa sa, Offers.Choice<IkeSuite> choice, Payload.KeyExchange theirs, Bytes ni)
            throws IkeProtocolException {
        Session session = sa.session();
        Bytes nr = ChildRequest.newNonce(session);
        IkeSaState made = new IkeSaState(session.newSpi(), false);
        made.remoteSpi = Spis.number8(choice.spi());
        made.role = IkeSaState.Role.CANDIDATE;
        try (KeyExchange.Response exchange = KeyShare.respond(session, theirs)) {
            SecretBytes shared = exchange.sharedSecret();
            IkeSa successor = IkeRekeyTask.successor(
                    sa, made, choice.suite(), new ChildPairs.Material(ni, nr, Optional.of(shared)));
            boolean collision =
                    sa.running().filter(IkeRekeyTask.class::isInstance).isPresent();
            if (!collision) {
                IkeRekeyTask.succeed(sa, successor, IkeSaState.Role.THEIRS_TO_DELETE, false);
            }
            sa.respond(List.of(
                    Offers.chosenIke(choice.suite(), choice.number(), Spis.bytes(made.localSpi)),
                    new Payload.Nonce(nr),
                    new Payload.KeyExchange(theirs.method(), Bytes.of(exchange.publicValue())),
                    Extensions.window()));
        } catch (UnavailableTransformException e) {
            refuse(sa, Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN));
        }
    }
}
