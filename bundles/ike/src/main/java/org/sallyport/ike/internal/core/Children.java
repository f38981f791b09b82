package org.sallyport.ike.internal.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.keys.KeyLengths;

/** The pairs of Child SAs of one session, from their installation to their end. Used by one thread at a time. */
public final class Children {
    private final Session session;
    private final SessionState state;
    private final Shares shares;

    Children(Session session) {
        this.session = session;
        this.state = session.state();
        this.shares = new Shares(session);
    }

    /** Returns those that stand beside others. */
    public Shares shares() {
        return shares;
    }

    /** Adds a pair that receives. */
    public void installed(ChildState child) {
        state.children.add(child);
    }

    /** Makes a pair that receives send too. */
    public void activate(ChildState child, Consumer<SaPairHandle> then, Consumer<Reason> otherwise) {
        child.activateAt = ChildState.NEVER;
        if (child.outboundKeys().isEmpty()) {
            otherwise.accept(Reason.of(ReasonCode.INTERNAL_ERROR, "the pair sends already"));
            return;
        }
        SaKeys keys;
        try {
            KeyLengths lengths = child.suite.keyLengths(session.context().crypto());
            keys = ChildKeying.saKeys(lengths, child.outboundKeys().get());
        } catch (UnavailableTransformException e) {
            child.keepOutboundKeys(null);
            otherwise.accept(Reason.of(
                    ReasonCode.CAPABILITY_ABSENT,
                    String.valueOf(e.getMessage()),
                    "start the bundle that provides it, or take it out of the proposal"));
            return;
        }
        session.ask(
                new Question.ActivateOutbound(child.inbound(), child.outboundSpi, keys),
                handle -> {
                    child.keepOutboundKeys(null);
                    child.status = ChildStatus.ACTIVE;
                    then.accept(handle);
                },
                reason -> {
                    child.keepOutboundKeys(null);
                    otherwise.accept(reason);
                });
    }

    private void activateNow(ChildState child) {
        activate(child, handle -> session.save(), reason -> end(child, reason));
    }

    /** Makes the successors of a pair send, because it is deleted. */
    public void activateSuccessors(ChildState old) {
        for (ChildState child : List.copyOf(state.children)) {
            if (child.predecessor == old.inboundSpi && child.status == ChildStatus.INSTALLED) {
                activateNow(child);
            }
        }
    }

    // ---- ending ----

    void end(ChildSaId lineage, Reason reason) {
        for (ChildState child : List.copyOf(state.children)) {
            if (child.lineage.equals(lineage) && child.status != ChildStatus.RETIRED) {
                end(child, reason);
            }
        }
    }

    /** Stops to use a pair and tells the peer. */
    public void end(ChildState child, Reason reason) {
        child.ending = reason;
        if (child.status != ChildStatus.LINGERING) {
            retire(child);
            session.save();
            session.currentSa().ifPresent(sa -> sa.submit(session.features().deleteChild(session, child)));
        }
    }

    private void retire(ChildState child) {
        child.status = ChildStatus.RETIRED;
        child.activateAt = ChildState.NEVER;
        child.rekeyAt = ChildState.NEVER;
        session.emit(new Effect.Retire(child.inbound()));
    }

    /** Lets a pair receive what is still on its way, then forgets it. */
    public void linger(ChildState child, Reason reason) {
        child.ending = reason;
        if (child.status != ChildStatus.RETIRED) {
            retire(child);
        }
        child.status = ChildStatus.LINGERING;
        Duration grace = session.context().tuning().grace();
        child.forgetAt = session.now() + grace.toNanos();
    }

    /** Forgets a pair at once. */
    public void drop(ChildState child, Reason reason) {
        state.children.remove(child);
        shares.gone(child);
        child.keepOutboundKeys(null);
        session.emit(new Effect.Delete(child.inbound(), reason));
        session.emit(new Effect.ChildDown(child, reason));
    }

    /** Stops to use every pair; each receives until {@link #lingerAll}. */
    void retireAll(Reason reason) {
        for (ChildState child : state.children) {
            child.ending = reason;
            if (child.status != ChildStatus.RETIRED && child.status != ChildStatus.LINGERING) {
                retire(child);
            }
        }
    }

    /** Lets what is retired receive what is still on its way. */
    void lingerAll() {
        state.children.stream()
                .filter(c -> c.status == ChildStatus.RETIRED)
                .toList()
                .forEach(c -> linger(c, c.ending));
    }

    /** What waited for the end of another session's pairs sends. */
    void activateWaiting(IkeSaId ending, Runnable then) {
        List<ChildState> ready = state.children.stream()
                .filter(c -> c.waitsForElder() && !session.othersCarryInstead(c, ending))
                .toList();
        if (ready.isEmpty()) {
            then.run();
            return;
        }
        AtomicInteger left = new AtomicInteger(ready.size());
        Runnable done = () -> {
            if (left.decrementAndGet() == 0) {
                session.save();
                then.run();
            }
        };
        for (ChildState child : ready) {
            activate(child, handle -> done.run(), reason -> {
                end(child, reason);
                done.run();
            });
        }
    }

    void dropAll(Reason reason) {
        List.copyOf(state.children).forEach(c -> drop(c, reason));
    }

    // ---- what only one side believes in ----

    /**
     * The peer deletes a pair that we do not know: it may be the one that a response will tell of, which is still on its
     * way.
     */
    public void deletedEarly(SpiKey peerSpi) {
        boolean expecting = session.ikeSas().stream().anyMatch(sa -> !sa.idle());
        if (expecting && state.deletedEarly.size() < session.context().tuning().maxChildren()) {
            state.deletedEarly.add(peerSpi);
        }
    }

    /** Tells whether the peer deleted a pair before we knew of it. */
    public boolean wasDeletedEarly(SpiKey peerSpi) {
        return state.deletedEarly.remove(peerSpi);
    }

    void forgetEarlyDeletes() {
        if (!state.deletedEarly.isEmpty() && session.ikeSas().stream().allMatch(IkeSa::idle)) {
            state.deletedEarly.clear();
        }
    }

    /** Tells the peer that a pair it believes in does not exist. */
    public void withdraw(SpiKey inbound) {
        state.withdrawn.add(inbound);
        session.currentSa().ifPresent(sa -> sa.submit(session.features().withdraw(session, inbound)));
    }

    /** Tells whether the peer is being told of a pair's end. */
    public boolean beingDeleted(SpiKey inbound) {
        return session.ikeSas().stream()
                .flatMap(sa -> sa.state().flight().stream())
                .anyMatch(f -> f.task instanceof TaskRecord.DeleteChildren d
                        && d.inbound().contains(inbound));
    }

    /** Tells the peer, after a resumption, what it is still to be told. */
    void resume() {
        for (ChildState child : List.copyOf(state.children)) {
            if (child.status == ChildStatus.RETIRED && !beingDeleted(child.inbound())) {
                session.currentSa().ifPresent(sa -> sa.submit(session.features().deleteChild(session, child)));
            }
        }
        List.copyOf(state.withdrawn).stream().filter(spi -> !beingDeleted(spi)).forEach(this::withdraw);
    }

    // ---- rekeying ----

    /** The peer may have lost our answer, and its memory: what it surely has carries the same. */
    private boolean doubtful(ChildState child) {
        return child.waitsForElder() && child.byPeer && state.lastHeardAt <= child.madeAt && session.othersCarry(child);
    }

    private void probe(ChildState child) {
        child.activateAt =
                session.now() + session.context().tuning().handoverTime().toNanos();
        session.currentSa()
                .filter(IkeSa::idle)
                .ifPresent(sa -> sa.submit(session.features().liveness(session)));
    }

    void rekey(ChildSaId lineage) {
        state.children.stream()
                .filter(c -> c.lineage.equals(lineage) && c.rekeyable())
                .reduce((first, second) -> second)
                .ifPresent(this::rekey);
    }

    private void rekey(ChildState child) {
        child.rekeyAt = ChildState.NEVER;
        if (state.phase == Phase.ESTABLISHED && child.rekeyable()) {
            session.currentSa().ifPresent(sa -> sa.submit(session.features().rekeyChild(session, child)));
        }
    }

    // ---- time ----

    long deadline() {
        long next = ChildState.NEVER;
        for (ChildState child : state.children) {
            next = Math.min(next, Math.min(child.activateAt, Math.min(child.forgetAt, child.rekeyAt)));
        }
        return next;
    }

    void tick() {
        long now = session.now();
        for (ChildState child : List.copyOf(state.children)) {
            if (child.activateAt <= now && doubtful(child)) {
                probe(child);
            } else if (child.activateAt <= now) {
                activateNow(child);
            }
            if (child.forgetAt <= now) {
                drop(child, child.ending);
                session.save();
            }
            if (child.rekeyAt <= now) {
                rekey(child);
            }
        }
    }
}
