package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.keys.KeySchedule;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * CREATE_CHILD_SA for the successor of an IKE SA, as initiator (RFC 7296 sections 1.3.2 and 2.18). When both sides do so
 * at once, the IKE SA made with the lowest nonce goes (section 2.8.2).
 */
final class IkeRekeyTask implements Task {
    private static final long THEIR_TURN = 60_000_000_000L;

    private final Session session;
    private @Nullable KeyShare share;
    private Bytes nonce = Bytes.EMPTY;
    private long localSpi;
    private boolean secondTry;

    IkeRekeyTask(Session session) {
        this.session = session;
    }

    IkeRekeyTask resume(TaskRecord.IkeRekey record) {
        nonce = record.nonce();
        localSpi = record.localSpi();
        try {
            share = KeyShare.restore(session.context().crypto(), record.keyExchange(), record.seed());
        } catch (UnavailableTransformException e) {
            share = null; // the response will not be understood, and the IKE SA rekeyed again
        }
        return this;
    }

    private List<Proposal> proposals() {
        return session.peer().map(PadEntry::ikeProposals).orElse(List.of());
    }

    @Override
    public void begin(IkeSa sa) {
        if (sa.state().role != IkeSaState.Role.CURRENT || proposals().isEmpty()) {
            sa.finished(this);
            return;
        }
        localSpi = session.newSpi();
        offer(sa, Offers.firstKeyExchange(proposals()));
    }

    @Override
    public boolean mustComplete() {
        return true;
    }

    private void offer(IkeSa sa, int method) {
        try {
            over();
            KeyShare made = KeyShare.generate(session, method);
            share = made;
            nonce = ChildRequest.newNonce(session);
            sa.request(
                    this,
                    ExchangeType.CREATE_CHILD_SA,
                    List.of(
                            Offers.ike(proposals(), Spis.bytes(localSpi)),
                            new Payload.Nonce(nonce),
                            made.payload(),
                            Extensions.window()));
        } catch (UnavailableTransformException e) {
            failed(sa);
        }
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) throws IkeProtocolException {
        KeyShare own = share;
        if (own == null) {
            failed(sa);
        } else if (response.first(Payload.SecurityAssociation.class).isEmpty()) {
            if (!tryOtherGroup(sa, own, response)) {
                failed(sa);
            }
        } else {
            accept(sa, own, response);
        }
    }

    private boolean tryOtherGroup(IkeSa sa, KeyShare own, IkeMessage response) {
        Optional<Bytes> group = response.notify(NotifyType.INVALID_KE_PAYLOAD)
                .map(Payload.Notify::data)
                .filter(d -> d.length() == 2);
        if (secondTry || group.isEmpty()) {
            return false;
        }
        int method = IkeInitTask.number(group.get());
        if (method == own.method() || !Offers.offers(proposals(), method)) {
            return false;
        }
        secondTry = true;
        offer(sa, method);
        return true;
    }

    private void accept(IkeSa sa, KeyShare own, IkeMessage response) throws IkeProtocolException {
        Offers.Choice<IkeSuite> choice = Offers.answeredIke(
                session.context().crypto(), proposals(), response.only(Payload.SecurityAssociation.class));
        Bytes nr = response.only(Payload.Nonce.class).value();
        if (choice.spi().length() != Long.BYTES || choice.suite().keyExchange() != own.method()) {
            throw IkeProtocolException.invalidSyntax("the answer to a rekeying has no SPI, or another key exchange");
        }
        IkeSaState made = new IkeSaState(localSpi, true);
        made.remoteSpi = Spis.number8(choice.spi());
        made.role = IkeSaState.Role.CANDIDATE;
        try (SecretBytes shared = own.agree(response.only(Payload.KeyExchange.class))) {
            IkeSa successor =
                    successor(sa, made, choice.suite(), new ChildPairs.Material(nonce, nr, Optional.of(shared)));
            decide(sa, successor);
        } catch (UnavailableTransformException e) {
            failed(sa);
        }
    }

    /** Adds the IKE SA that an exchange made, with its keys (RFC 7296 section 2.18). */
    static IkeSa successor(IkeSa old, IkeSaState made, IkeSuite suite, ChildPairs.Material material)
            throws UnavailableTransformException {
        Session session = old.session();
        Prf prf = session.context().crypto().prf(suite.prf());
        Protection protection = suite.protection(session.context().crypto());
        Bytes ni = material.ni();
        Bytes nr = material.nr();
        SecretBytes oldSkD = old.state().keys().skD();
        IkeSa successor = session.add(made);
        try (SecretBytes seed =
                KeySchedule.rekeyedSkeyseed(old.prf(), oldSkD, material.shared().orElseThrow(), ni, nr)) {
            successor.agree(
                    suite,
                    KeySchedule.ikeKeys(prf, protection, seed, ni, nr, made.initiatorSpi(), made.responderSpi()));
        }
        made.lowestNonce = material.lowest();
        session.emit(new Effect.Listen(made.localSpi));
        return successor;
    }

    private void decide(IkeSa sa, IkeSa ours) {
        Optional<IkeSa> rival = rival(ours);
        boolean weLose = rival.isPresent()
                && ChildPairs.compare(ours.state().lowestNonce, rival.get().state().lowestNonce) < 0;
        if (weLose) {
            ours.state().role = IkeSaState.Role.OURS_TO_DELETE;
            succeed(sa, rival.get(), IkeSaState.Role.THEIRS_TO_DELETE, false);
            sa.finished(this);
            ours.submit(new DeleteIkeTask(session));
        } else {
            rival.ifPresent(r -> r.state().role = IkeSaState.Role.THEIRS_TO_DELETE);
            rival.ifPresent(r -> r.state().closeAt = session.now() + THEIR_TURN);
            succeed(sa, ours, IkeSaState.Role.OURS_TO_DELETE, true);
            sa.finished(this);
            sa.submit(new DeleteIkeTask(session));
        }
    }

    private Optional<IkeSa> rival(IkeSa ours) {
        return session.ikeSas().stream()
                .filter(s -> s != ours && s.state().role == IkeSaState.Role.CANDIDATE)
                .findFirst();
    }

    /** Moves everything to a successor. */
    static void succeed(IkeSa old, IkeSa successor, IkeSaState.Role oldRole, boolean weInitiated) {
        if (oldRole == IkeSaState.Role.THEIRS_TO_DELETE) {
            old.state().closeAt = old.session().now() + THEIR_TURN;
        }
        old.session().succeed(old, successor, oldRole, weInitiated);
    }

    private void failed(IkeSa sa) {
        Optional<IkeSa> rival = rival(sa);
        if (rival.isPresent()) {
            succeed(sa, rival.get(), IkeSaState.Role.THEIRS_TO_DELETE, false);
        } else {
            session.state().rekeyAt = session.now() + session.retryTime().toNanos();
        }
        sa.finished(this);
    }

    @Override
    public TaskRecord record() {
        KeyShare own = share;
        return own == null
                ? new TaskRecord.Volatile()
                : new TaskRecord.IkeRekey(localSpi, nonce, own.seed(), own.method());
    }

    @Override
    public void over() {
        if (share != null) {
            share.close();
            share = null;
        }
    }
}
