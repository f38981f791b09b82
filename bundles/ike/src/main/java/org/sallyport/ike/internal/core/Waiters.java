package org.sallyport.ike.internal.core;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.Phase;

/** Those who wait for a pair of one session. Used by one thread at a time. */
public final class Waiters {
    private final Session session;
    private final Map<Long, Waiter> all = new LinkedHashMap<>();
    private final ArrayDeque<Waiter> notBegun = new ArrayDeque<>();

    Waiters(Session session) {
        this.session = session;
    }

    void add(Waiter waiter) {
        int limit = session.context().tuning().maxWaiting();
        Phase phase = session.state().phase;
        all.put(waiter.negotiation(), waiter);
        if (phase.ending()) {
            refuse(waiter, Reason.of(ReasonCode.IKE_SA_GONE));
        } else if (all.size() > limit) {
            refuse(waiter, Reason.of(ReasonCode.LIMIT_REACHED, "negotiations with one peer", limit));
        } else if (phase == Phase.ESTABLISHED) {
            begin(waiter);
        } else {
            notBegun.add(waiter);
        }
    }

    private void refuse(Waiter waiter, Reason reason) {
        settle(waiter.negotiation(), new NegotiationResult.Refused(reason));
    }

    private void begin(Waiter waiter) {
        session.currentSa().ifPresent(sa -> sa.submit(session.features().createChild(session, waiter)));
    }

    /** Whoever waited for the IKE SA waits for a pair from here on. */
    void beginAll() {
        while (!notBegun.isEmpty()) {
            begin(notBegun.remove());
        }
    }

    /** Takes the first of those who wait, for the Child SA of IKE_AUTH. */
    public Optional<Waiter> first() {
        while (!notBegun.isEmpty()) {
            Waiter next = notBegun.remove();
            if (contains(next)) {
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    /** Tells whether somebody still waits for it. */
    public boolean contains(Waiter waiter) {
        return all.containsKey(waiter.negotiation());
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Ends a wait. */
    public void settle(long negotiation, NegotiationResult result) {
        if (all.remove(negotiation) != null) {
            if (!session.relay().settled(negotiation, result)) {
                session.emit(new Effect.Settle(negotiation, result));
            }
        }
    }

    /** Ends every wait. */
    void settleAll(Reason reason) {
        boolean unreachable = reason.code() == ReasonCode.PEER_UNREACHABLE || reason.code() == ReasonCode.PEER_DEAD;
        NegotiationResult result =
                unreachable ? new NegotiationResult.Unreachable(reason) : new NegotiationResult.Refused(reason);
        List.copyOf(all.keySet()).forEach(w -> settle(w, result));
        notBegun.clear();
    }

    long deadline() {
        long next = Long.MAX_VALUE;
        for (Waiter each : all.values()) {
            next = Math.min(next, each.deadline());
        }
        return next;
    }

    /** Ends the waits whose time is over. */
    void tick(Reason reason) {
        for (Waiter waiter : List.copyOf(all.values())) {
            if (waiter.deadline() <= session.now()) {
                settle(waiter.negotiation(), new NegotiationResult.Unreachable(reason));
            }
        }
    }
}
