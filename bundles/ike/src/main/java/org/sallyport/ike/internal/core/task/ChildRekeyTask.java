package org.sallyport.ike.internal.core.task;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/**
 * CREATE_CHILD_SA for the successor of a Child SA, as initiator (RFC 7296 section 1.3.3). When both sides do so at once,
 * the pair made with the lowest nonce goes (section 2.8.1).
 */
final class ChildRekeyTask extends CreateChildTask {
    private static final int PATIENCE = 10;

    private final int oldSpi;
    private @Nullable Bytes rivalNonce;

    ChildRekeyTask(Session session, int oldSpi) {
        super(session);
        this.oldSpi = oldSpi;
    }

    private Optional<ChildState> old() {
        return session.state().childByInbound(oldSpi);
    }

    @Override
    public void begin(IkeSa sa) {
        Optional<ChildState> old = old().filter(ChildState::rekeyable);
        if (old.isEmpty()) {
            sa.finished(this);
            return;
        }
        Optional<Policy> policy = policy(old.get().policy);
        if (policy.isEmpty()) {
            session.children().end(old.get(), Reason.of(ReasonCode.POLICY_GONE, old.get().policy));
            sa.finished(this);
            return;
        }
        session.ask(
                new Question.ReserveSpi(old.get().lineage, policy.get().ipsecProtocol()),
                reserved ->
                        offer(sa, reserved, policy.get(), old.get().selectors, Optional.of(oldSpi), old.get().share),
                reason -> refused(sa, Optional.empty(), reason));
    }

    @Override
    List<Payload> leading() {
        int protocol = old().map(c -> c.suite.protocol().securityProtocol()).orElse(ProtocolId.ESP);
        return List.of(new Payload.Notify(protocol, Spis.bytes(oldSpi), NotifyType.REKEY_SA, Bytes.EMPTY));
    }

    @Override
    Optional<Flow> trigger() {
        return Optional.empty();
    }

    /** The peer replaced the same pair meanwhile. */
    void collidesWith(ChildState peers) {
        if (peers.predecessor == oldSpi) {
            rivalNonce = peers.lowestNonce;
        }
    }

    @Override
    void accept(IkeSa sa, IkeMessage response, ChildPairs.Material material) {
        rival().ifPresent(this::collidesWith);
        Bytes rival = rivalNonce;
        boolean weLose = rival == null
                ? old().filter(c -> c.status == ChildStatus.ACTIVE).isEmpty()
                : ChildPairs.compare(material.lowest(), rival) < 0;
        Optional<ChildRequest> made = request();
        if (weLose && made.isPresent()) {
            made.get().giveBack(Reason.of(ReasonCode.REKEYED));
            session.children().withdraw(made.get().asked().inbound());
            sa.finished(this);
        } else {
            super.accept(sa, response, material);
        }
    }

    private Optional<ChildState> rival() {
        return session.state().children.stream()
                .filter(c -> c.byPeer && c.predecessor == oldSpi)
                .findFirst();
    }

    @Override
    void agreed(IkeSa sa, ChildState child) {
        child.predecessor = oldSpi;
        rival().ifPresent(r -> r.activateAt = ChildState.NEVER); // the peer deletes it
        session.children()
                .activate(
                        child,
                        handle -> {
                            old().ifPresent(old -> replace(old, child));
                            sa.finished(this);
                        },
                        reason -> {
                            session.children().end(child, reason);
                            refused(sa, Optional.empty(), reason);
                        });
    }

    private void replace(ChildState old, ChildState child) {
        old.replaced = true;
        session.emit(new Effect.ChildRekeyed(old, child, true));
        if (old.status == ChildStatus.ACTIVE) {
            session.children().end(old, Reason.of(ReasonCode.REKEYED));
        }
    }

    @Override
    void refused(IkeSa sa, Optional<IkeMessage> response, Reason reason) {
        boolean gone =
                response.flatMap(r -> r.notify(NotifyType.CHILD_SA_NOT_FOUND)).isPresent();
        boolean later =
                response.flatMap(r -> r.notify(NotifyType.TEMPORARY_FAILURE)).isPresent();
        old().filter(ChildState::rekeyable).ifPresent(old -> {
            if (gone) {
                session.children().drop(old, Reason.of(ReasonCode.DELETED_BY_PEER, session.peerName()));
            } else {
                Duration wait =
                        later ? session.retryTime() : session.retryTime().multipliedBy(PATIENCE);
                old.rekeyAt = session.now() + wait.toNanos();
                failed(old, later, reason);
            }
        });
        sa.finished(this);
    }

    private void failed(ChildState old, boolean later, Reason reason) {
        if (!later) {
            session.emit(new Effect.ChildFailed(session.state().id().orElseThrow(), old.policy, true, reason));
        }
    }
}
