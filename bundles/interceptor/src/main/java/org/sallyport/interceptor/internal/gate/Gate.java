package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The flow gate. See {@link Decider} for the order of decisions and {@link Negotiations} for who shares what. */
final class Gate implements FlowGate, Negotiations.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    /** A negotiation that ended this close to its deadline ended because of it. */
    private static final Duration DEADLINE_TOLERANCE = Duration.ofMillis(100);

    private final Decider decider;
    private final Negotiations negotiations;
    private final HoldLimits limits;
    private final HoldLimits parkingLimits;
    private final ScheduledExecutorService timer;
    private final GateJournal journal;
    private final HoldBook book = new HoldBook();
    private final Callers callers = new Callers();
    private final AtomicLong lastId = new AtomicLong();

    /**
     * Makes a gate.
     *
     * @param limits for calls of programs, by user
     * @param parkingLimits for flows whose packets are parked, by source address where no socket of this host sends them
     * @param executor where held requests are decided again, and what waits for that goes on
     * @param timer runs deadlines; its tasks are short
     */
    Gate(
            Surroundings surroundings,
            HoldLimits limits,
            HoldLimits parkingLimits,
            Executor executor,
            ScheduledExecutorService timer,
            GateJournal journal) {
        this.journal = journal;
        this.decider = new Decider(surroundings);
        this.limits = limits;
        this.parkingLimits = parkingLimits;
        this.timer = timer;
        this.negotiations = new Negotiations(surroundings, executor, timer, this);
    }

    /** Returns the list of held requests, for people. */
    HoldInspection holds() {
        return book;
    }

    @Override
    public Admission admit(FlowRequest request) {
        return admit(request, false, this::hold);
    }

    @Override
    public Admission admitAtOnce(FlowRequest request) {
        return admit(request, false, this::parkOrHold);
    }

    /** Like {@link #admit}, for packets of this flow that are parked. */
    Admission admitParked(FlowRequest request) {
        return admit(request, true, this::holdParked);
    }

    /**
     * Like {@link #admitParked}, for the first packet of a call that went on without waiting, in the name of who made it; once
     * for each call, and empty when there was none.
     */
    Optional<Admission> admitCalled(Flow flow) {
        return callers.take(flow).map(request -> admit(request, true, this::holdCalled));
    }

    /** Returns who asked last by a socket that is nobody's any more. */
    Optional<Requester> formerCaller(LeaseHolder socket) {
        return callers.former(socket);
    }

    /** Returns who has asked by this socket without waiting. */
    Optional<Requester> caller(LeaseHolder socket) {
        return callers.find(socket);
    }

    /** Leases what stands for a request, if something does. */
    void lease(FlowRequest request) {
        decider.decide(request);
    }

    /** What is done with a request for which there is no SA. */
    private interface Unprotected {
        Admission admit(FlowRequest request, Decision.Unprotected decision, boolean logged);
    }

    private Admission admit(FlowRequest request, boolean parked, Unprotected unprotected) {
        Decision decision = decider.decide(request);
        if (decision instanceof Decision.Leased(Lease lease)) {
            return new Admission.Proceed(Optional.of(lease));
        }
        if (decision.byName()) {
            callers.remember(request);
        }
        boolean logged = (decision instanceof Decision.Unprotected && !parked) || journal.allowed();
        if (logged) {
            journal.request(request);
        }
        return switch (decision) {
            case Decision.Leased(Lease lease) -> new Admission.Proceed(Optional.of(lease));
            case Decision.Protected(Policy policy, boolean byName, Lease lease) -> {
                if (logged) {
                    journal.released(request, policy.name(), 0);
                }
                yield new Admission.Proceed(Optional.of(lease));
            }
            case Decision.Bypassed(String policy) -> {
                if (logged) {
                    journal.bypassed(request, policy);
                }
                yield new Admission.Proceed(Optional.empty());
            }
            case Decision.Refused(String policy, Errno errno, Reason reason) -> {
                if (logged) {
                    journal.refused(request, policy, 0, errno, reason);
                }
                yield new Admission.Refuse(errno, reason);
            }
            case Decision.Unprotected without -> unprotected.admit(request, without, logged);
        };
    }

    private Admission parkOrHold(FlowRequest request, Decision.Unprotected decision, boolean logged) {
        if (!decider.parks()) {
            return hold(request, decision, logged);
        }
        if (logged) {
            journal.parked(request, decision.policy().name());
        }
        callers.add(request);
        return new Admission.Parked();
    }

    /** Ends every hold, because the gate stops. */
    void close() {
        book.pending().forEach(hold -> refuse(hold, Errno.ECONNREFUSED, Reason.of(ReasonCode.SHUTTING_DOWN)));
        book.close();
    }

    private Admission hold(FlowRequest request, Decision.Unprotected decision, boolean logged) {
        return hold(request, decision, false, logged);
    }

    /** A call asks anew, whatever was refused a moment ago. */
    private Admission holdCalled(FlowRequest request, Decision.Unprotected decision, boolean logged) {
        return hold(request, decision, true, logged);
    }

    private Admission holdParked(FlowRequest request, Decision.Unprotected decision, boolean logged) {
        return negotiations
                .refusedJustNow(decision.policy(), request)
                .<Admission>map(reason -> new Admission.Refuse(errno(reason), reason))
                .orElseGet(() -> hold(request, decision, true, logged));
    }

    private Admission hold(FlowRequest request, Decision.Unprotected decision, boolean parked, boolean logged) {
        Policy policy = decision.policy();
        Optional<Reason> full = (parked ? parkingLimits : limits).enter(HoldLimits.party(request));
        if (full.isPresent()) {
            if (journal.allowed()) {
                journal.refused(request, policy.name(), 0, Errno.ENOBUFS, full.get());
            }
            return new Admission.Refuse(Errno.ENOBUFS, full.get());
        }
        PendingHold hold = new PendingHold(lastId.incrementAndGet(), request, decision, parked, logged, this::abandon);
        book.add(hold);
        if (logged) {
            journal.held(hold);
        }
        hold.deadline(timer.schedule(() -> timeOut(hold), hold.remainingNanos(), TimeUnit.NANOSECONDS));
        negotiations.join(hold);
        return new Admission.Held(hold);
    }

    /** The situation is looked at anew: the peer may have made the SA itself, or the policies have changed meanwhile. */
    @Override
    public void ended(PendingHold hold, Round round, NegotiationResult result) {
        if (hold.ended()) {
            return;
        }
        try {
            decideAgain(hold, round, result);
        } catch (RuntimeException e) {
            LOG.error("a held request could not be decided: {}", e.toString(), e);
            refuse(hold, Errno.EHOSTUNREACH, Reason.of(ReasonCode.INTERNAL_ERROR, e));
        }
    }

    @Override
    public boolean servedMeanwhile(PendingHold hold) {
        Optional<Lease> lease =
                switch (decider.decide(hold.request())) {
                    case Decision.Leased(Lease standing) -> Optional.of(standing);
                    case Decision.Protected(Policy policy, boolean byName, Lease taken) -> Optional.of(taken);
                    default -> Optional.empty();
                };
        lease.ifPresent(found -> release(hold, Optional.of(found)));
        return lease.isPresent();
    }

    private void decideAgain(PendingHold hold, Round round, NegotiationResult result) {
        switch (decider.decide(hold.request())) {
            case Decision.Leased(Lease lease) -> release(hold, Optional.of(lease));
            case Decision.Protected(Policy policy, boolean byName, Lease lease) -> release(hold, Optional.of(lease));
            case Decision.Bypassed(String policy) -> release(hold, Optional.empty());
            case Decision.Refused(String policy, Errno errno, Reason reason) -> refuse(hold, errno, reason);
            case Decision.Unprotected without -> unprotected(hold, round, result);
        }
    }

    private void unprotected(PendingHold hold, Round round, NegotiationResult result) {
        boolean own = round.first() == hold;
        switch (result) {
            case NegotiationResult.Established established
            when !decider.stands(established.handle()) -> refuse(hold, Errno.EHOSTUNREACH, notThere(hold));
            case NegotiationResult.Established established when own -> refuse(hold, Errno.ECONNREFUSED, narrowed(hold));
            // The peer narrowed the selectors to somebody else's flow: ask for this one.
            case NegotiationResult.Established established -> negotiations.join(hold);
            case NegotiationResult.Refused(Reason reason) -> refuse(hold, errno(reason), reason);
            case NegotiationResult.Unreachable(Reason reason) when !own && outOfTime(round) -> negotiations.join(hold);
            case NegotiationResult.Unreachable(Reason reason) -> refuse(hold, Errno.ETIMEDOUT, reason);
        }
    }

    private static boolean outOfTime(Round round) {
        return round.first().remainingNanos() < DEADLINE_TOLERANCE.toNanos();
    }

    private static Errno errno(Reason reason) {
        return switch (reason.code()) {
            case NEGOTIATOR_ABSENT, NEGOTIATOR_FAILED, DATA_PLANE_ABSENT, CAPABILITY_ABSENT, PLUGIN_FAILED ->
                Errno.EHOSTUNREACH;
            default -> Errno.ECONNREFUSED;
        };
    }

    private static Reason notThere(PendingHold hold) {
        return Reason.of(
                ReasonCode.NEGOTIATOR_FAILED,
                hold.policy().negotiator(),
                "says that security associations stand, which are not there or have ended since");
    }

    private static Reason narrowed(PendingHold hold) {
        String peer = hold.policy().peer().map(Object::toString).orElse("?");
        return Reason.of(
                ReasonCode.PEER_REFUSED,
                peer,
                "narrower traffic selectors",
                hold.request().flow());
    }

    private void timeOut(PendingHold hold) {
        if (!hold.ended()) {
            Duration limit = hold.policy().holdTime();
            String seconds = limit.toMillisPart() == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
            refuse(
                    hold,
                    Errno.ETIMEDOUT,
                    Reason.of(ReasonCode.HOLD_TIME_OVER, hold.policy().name(), seconds));
        }
    }

    private void release(PendingHold hold, Optional<Lease> lease) {
        long waited = hold.waitedMicros();
        if (end(hold, "released after " + waited / 1000 + " ms")) {
            if (hold.logged()) {
                journal.released(hold.request(), hold.policy().name(), waited);
            }
            hold.complete(new Admission.Proceed(lease));
        } else if (hold.parked()) {
            // Nothing of it is parked any more, so that no packet would ever end what was leased to it.
            lease.ifPresent(Lease::close);
        }
    }

    private void refuse(PendingHold hold, Errno errno, Reason reason) {
        if (end(hold, "refused: " + reason.text())) {
            if (hold.logged()) {
                journal.refused(hold.request(), hold.policy().name(), hold.waitedMicros(), errno, reason);
            }
            hold.complete(new Admission.Refuse(errno, reason));
        }
    }

    private void abandon(PendingHold hold) {
        Reason reason = Reason.of(ReasonCode.CANCELLED);
        String outcome = hold.parked()
                ? "ended after " + hold.waitedMicros() / 1000 + " ms: nothing of it is parked any more"
                : "abandoned: the caller is gone";
        if (end(hold, outcome)) {
            if (hold.logged() && !hold.parked()) {
                journal.abandoned(hold, reason);
            }
            hold.complete(new Admission.Refuse(Errno.ECONNREFUSED, reason));
        }
    }

    private boolean end(PendingHold hold, String outcome) {
        boolean first = book.end(hold, outcome);
        if (first) {
            (hold.parked() ? parkingLimits : limits).leave(HoldLimits.party(hold.request()));
            negotiations.leave(hold);
        }
        return first;
    }
}
