package org.sallyport.ike.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.state.TaskRecord;

/**
 * Reauthentication, make before break (RFC 7296 section 2.8.3): a session that we initiated has a new one made, which makes
 * pairs for all that the elder's carry; once they stand the elder ends. Both ends of it, the elder's and the heir's. Used by
 * one thread at a time.
 */
public final class Relay {
    /** How much of the time that a proof counts goes by before the next one is begun. */
    private static final double EARLY = 0.9;

    private static final int PATIENCE = 10;

    private final Session session;
    private final SessionState state;
    private final Map<Long, Carried> pending = new HashMap<>();
    private final List<Carried> tried = new ArrayList<>();
    private long numbers;
    private boolean told;
    private boolean confirmed;

    Relay(Session session) {
        this.session = session;
        this.state = session.state();
    }

    // ---- the elder ----

    /** Decides when both sides are to prove themselves anew: only who initiated can begin. */
    void plan() {
        if (!state.initiator || state.phase != Phase.ESTABLISHED) {
            return;
        }
        double sooner = 1.0 - 0.1 * session.context().random().nextDouble();
        long wished = session.peer()
                .map(PadEntry::reauthenticationTime)
                .filter(d -> !d.isZero())
                .map(d -> state.establishedAt + (long) (d.toNanos() * sooner))
                .orElse(ChildState.NEVER);
        long left = state.authenticatedUntil - session.now();
        long needed = state.authenticatedUntil == ChildState.NEVER
                ? ChildState.NEVER
                : session.now() + (long) (left * EARLY * sooner);
        state.reauthenticateAt = Math.min(wished, needed);
    }

    void tick() {
        if (state.phase == Phase.ESTABLISHED && state.reauthenticateAt <= session.now()) {
            begin();
        }
    }

    /** Has a new session made. */
    void begin() {
        if (state.phase == Phase.ESTABLISHED && state.initiator) {
            state.reauthenticateAt = ChildState.NEVER;
            handOver(carried());
        }
    }

    private void handOver(List<Carried> left) {
        state.id().ifPresent(id -> session.emit(new Effect.HandOver(id, left)));
    }

    private List<Carried> carried() {
        return state.children.stream()
                .filter(c -> c.status == ChildStatus.ACTIVE || c.status == ChildStatus.INSTALLED)
                .filter(c -> c.share.isEmpty()) // what stands beside another is made again when packets ask for it
                .map(Carried::by)
                .distinct()
                .toList();
    }

    /** The heir has made what it could of what it was given. */
    void takenOver(List<Carried> done) {
        List<Carried> left = carried().stream().filter(c -> !done.contains(c)).toList();
        if (left.isEmpty() && !quiet()) {
            // the DELETE has to meet the IKE SA that both have; by then there may be more to carry
            session.later(session.retryTime(), () -> handOver(carried()));
        } else if (left.isEmpty()) {
            session.close(Reason.of(ReasonCode.REAUTHENTICATED), Session.Farewell.TELL);
        } else if (state.phase == Phase.ESTABLISHED) {
            handOver(left);
        }
    }

    private boolean quiet() {
        return session.ikeSas().size() == 1
                && session.currentSa()
                        .filter(sa -> sa.idle() && !sa.answering())
                        .isPresent();
    }

    /** There is no heir: another one is tried later. */
    void notTakenOver() {
        if (state.phase == Phase.ESTABLISHED) {
            Duration wait = session.retryTime().multipliedBy(PATIENCE);
            state.reauthenticateAt = session.now() + wait.toNanos();
        }
    }

    // ---- the heir ----

    /** Tells whether the session is to stand although nobody waits for a pair. */
    public boolean inherits() {
        return state.predecessor().isPresent();
    }

    /** Makes pairs for what the elder's carry. */
    void takeOver(List<Carried> given) {
        for (Carried each : given) {
            Optional<Policy> policy = session.context().spd().current().policy(each.policy());
            boolean known = carried().contains(each) || pending.containsValue(each);
            if (policy.isPresent() && session.peer().isPresent() && !known) {
                long number = --numbers;
                pending.put(number, each);
                session.waiters()
                        .add(new Waiter(
                                number,
                                new NegotiationRequest(
                                        policy.get(), session.peer().get(), each.selectors(), Optional.empty()),
                                ChildState.NEVER));
            } else if (!known) {
                tried.add(each);
            }
        }
        told = false;
    }

    /** Takes the end of a wait that is its own. */
    boolean settled(long negotiation, NegotiationResult result) {
        Carried done = pending.remove(negotiation);
        if (done != null && refused(result)) {
            tried.add(done);
        }
        confirmed &= done == null;
        return done != null;
    }

    /** A pair that the peer deletes was agreed to: it is made again, should the elder still carry the same. */
    private static boolean refused(NegotiationResult result) {
        return switch (result) {
            case NegotiationResult.Established _ -> false;
            case NegotiationResult.Refused refused -> refused.reason().code() != ReasonCode.DELETED_BY_PEER;
            case NegotiationResult.Unreachable _ -> true;
        };
    }

    /** Tells the elder once all is made that could be, and the peer knows that we know of it. */
    void tellWhenDone() {
        if (inherits() && state.phase == Phase.ESTABLISHED && pending.isEmpty() && !told && !creating()) {
            if (confirmed) {
                tell();
            } else {
                confirm();
            }
        }
    }

    private void tell() {
        boolean busy = session.ikeSas().stream().anyMatch(sa -> !sa.idle());
        state.predecessor().filter(elder -> !busy).ifPresent(elder -> {
            told = true;
            List<Carried> done = new ArrayList<>(tried);
            done.addAll(carried());
            session.emit(new Effect.TakenOver(elder, done));
        });
    }

    /** A further request says that the last answer came; before that the peer would not know by which pair it may send. */
    private void confirm() {
        confirmed = true;
        session.currentSa().ifPresent(sa -> sa.submit(session.features().liveness(session)));
    }

    /** Tells whether a pair is being made, perhaps since before a resumption. */
    private boolean creating() {
        return session.ikeSas().stream()
                .flatMap(sa -> sa.state().flight().stream())
                .anyMatch(
                        f -> f.task instanceof TaskRecord.Child c && c.rekeyed().isEmpty());
    }

    /** The session ends. */
    void closed() {
        Optional<IkeSaId> elder = state.predecessor();
        if (elder.isPresent() && !told) {
            told = true;
            session.emit(new Effect.NotTakenOver(elder.get()));
        }
    }

    /** After a resumption the elder may not know of the heir, and whoever has no heir may need one. */
    void resume() {
        if (state.phase == Phase.ESTABLISHED) {
            if (state.reauthenticateAt == ChildState.NEVER) {
                plan();
                long soonest = session.now() + session.retryTime().toNanos();
                state.reauthenticateAt = Math.max(soonest, state.reauthenticateAt);
            }
        }
    }
}
