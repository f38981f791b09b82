package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/**
 * Coalesces: one negotiation serves every request with the same policy entry and the same selectors taken from the flow.
 * Thread safe; never blocks.
 */
final class Negotiations {
    /** A call that a signal interrupted comes back as a new one: the negotiation it left waits this long for it. */
    private static final Duration LINGER = Duration.ofMillis(300);

    /**
     * The data plane sees by itself that an SA stands and sends what it has parked; looking at a thousand parked flows in
     * that very moment would only hold it up. Where policy depends on who asks it waits for the gate.
     */
    private static final Duration PARKED_AFTERWARDS = Duration.ofMillis(150);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final Surroundings surroundings;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Listener listener;
    private final Map<Round.Key, Round> rounds = new HashMap<>();
    private final RecentRefusals refusals = new RecentRefusals();

    /** Hears how negotiations end, for each request that waits. */
    interface Listener {
        /**
         * Releases a request for which an SA has come to stand since it was judged: the negotiation that made it ended
         * before this one could join. A second one would make a second SA.
         *
         * @return false when there is none, so that one has to be negotiated
         */
        boolean servedMeanwhile(PendingHold hold);

        /** The negotiation that this request waited for has ended. */
        void ended(PendingHold hold, Round round, NegotiationResult result);
    }

    /**
     * Makes a coalescer.
     *
     * @param executor where results are handled
     * @param timer where desertion is checked
     */
    Negotiations(Surroundings surroundings, Executor executor, ScheduledExecutorService timer, Listener listener) {
        this.surroundings = surroundings;
        this.executor = executor;
        this.timer = timer;
        this.listener = listener;
    }

    /** Has a request wait for the negotiation that serves it, and starts one when there is none. */
    void join(PendingHold hold) {
        Round.Key key = key(hold.policy(), hold.request());
        Round started;
        synchronized (rounds) {
            Round running = rounds.get(key);
            if (running != null) {
                running.join(hold);
                return;
            }
            started = new Round(key, hold);
            rounds.put(key, started);
        }
        if (listener.servedMeanwhile(hold)) {
            disband(started);
        } else {
            start(started);
        }
    }

    /** Ends a round that needs no negotiation; who joined it meanwhile is served likewise. */
    private void disband(Round round) {
        List<PendingHold> others;
        synchronized (rounds) {
            rounds.remove(round.key(), round);
            others = round.waiting();
        }
        others.forEach(this::join);
    }

    /** Returns why a negotiation that would have served such a request was refused, if that was a moment ago. */
    Optional<Reason> refusedJustNow(Policy policy, FlowRequest request) {
        return refusals.find(key(policy, request));
    }

    private static Round.Key key(Policy policy, FlowRequest request) {
        return new Round.Key(policy.name(), Narrowing.narrow(policy, request.flow()));
    }

    /** A request waits no longer. */
    void leave(PendingHold hold) {
        Optional<Round> deserted;
        synchronized (rounds) {
            deserted = rounds.values().stream()
                    .filter(round -> round.leave(hold) && round.deserted())
                    .findFirst();
        }
        deserted.ifPresent(this::cancelLater);
    }

    private void cancelLater(Round round) {
        var unused = timer.schedule(() -> cancelIfDeserted(round), LINGER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelIfDeserted(Round round) {
        boolean cancel;
        synchronized (rounds) {
            cancel = round.deserted() && rounds.remove(round.key(), round);
        }
        if (cancel) {
            round.cancel();
        }
    }

    private void start(Round round) {
        Policy policy = round.first().policy();
        Optional<PadEntry> peer =
                surroundings.pad().flatMap(pad -> policy.peer().flatMap(pad::named));
        Optional<Negotiator> negotiator = surroundings.negotiator(policy.negotiator());
        if (negotiator.isEmpty()) {
            finish(round, refused(ReasonCode.NEGOTIATOR_ABSENT, policy.negotiator()));
        } else if (peer.isEmpty()) {
            String name = policy.peer().map(Object::toString).orElse("?");
            finish(round, refused(ReasonCode.CAPABILITY_ABSENT, "peer \"" + name + "\"", "configure it"));
        } else if (peer.get().start() == Start.BY_HAND) {
            finish(round, refused(ReasonCode.CONNECTION_BY_HAND, peer.get()));
        } else {
            run(round, negotiator.get(), peer.get());
        }
    }

    private void run(Round round, Negotiator negotiator, PadEntry peer) {
        PendingHold first = round.first();
        NegotiationRequest request = new NegotiationRequest(
                first.policy(),
                peer,
                round.key().selectors(),
                Optional.of(first.request().flow()));
        Negotiation negotiation = negotiator.negotiate(request, Duration.ofNanos(Math.max(1, first.remainingNanos())));
        negotiation
                .result()
                .whenComplete((result, failure) ->
                        finish(round, failure == null ? result : refused(ReasonCode.INTERNAL_ERROR, failure)));
        round.started(negotiation);
    }

    private void finish(Round round, NegotiationResult result) {
        if (result instanceof NegotiationResult.Refused(Reason reason)) {
            refusals.add(round.key(), reason);
        }
        List<PendingHold> served;
        synchronized (rounds) {
            rounds.remove(round.key(), round);
            served = round.waiting();
        }
        boolean established = result instanceof NegotiationResult.Established;
        Map<Boolean, List<PendingHold>> afterwards = served.stream()
                .collect(Collectors.partitioningBy(hold -> established && hold.parked() && !hold.byName()));
        tell(afterwards.getOrDefault(false, List.of()), round, result);
        List<PendingHold> later = afterwards.getOrDefault(true, List.of());
        if (!later.isEmpty()) {
            var unused = timer.schedule(
                    () -> tell(later, round, result), PARKED_AFTERWARDS.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Each processor takes one after the other, in the order in which they came: the kernel finds the oldest call first. */
    private void tell(List<PendingHold> holds, Round round, NegotiationResult result) {
        AtomicInteger told = new AtomicInteger();
        Runnable share = () -> {
            for (int i = told.getAndIncrement(); i < holds.size(); i = told.getAndIncrement()) {
                listener.ended(holds.get(i), round, result);
            }
        };
        for (int i = Math.min(PROCESSORS, holds.size()); i > 0; i--) {
            executor.execute(share);
        }
    }

    private static NegotiationResult refused(ReasonCode code, Object... arguments) {
        return new NegotiationResult.Refused(Reason.of(code, arguments));
    }
}
