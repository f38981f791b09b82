package org.sallyport.interceptor.internal.gate;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.policy.Policy;

/** One held request. Ends once. Thread safe. */
final class PendingHold implements Hold {
    private final long id;
    private final FlowRequest request;
    private final Policy policy;
    private final boolean byName;
    private final boolean parked;
    private final boolean logged;
    private final Instant since = Instant.now();
    private final long startNanos = System.nanoTime();
    private final CompletableFuture<Admission> outcome = new CompletableFuture<>();
    private final Consumer<PendingHold> abandonment;
    private volatile @Nullable Future<?> deadline;

    /**
     * Starts to hold.
     *
     * @param id unique while the gate lives
     * @param decision names the entry that wants protection
     * @param parked whether packets wait, not a call
     * @param logged whether the journal has a line of its beginning, so that it gets one of its end
     * @param abandonment what to do when nobody waits for it any more
     */
    PendingHold(
            long id,
            FlowRequest request,
            Decision.Unprotected decision,
            boolean parked,
            boolean logged,
            Consumer<PendingHold> abandonment) {
        this.id = id;
        this.request = request;
        this.policy = decision.policy();
        this.byName = decision.byName();
        this.parked = parked;
        this.logged = logged;
        this.abandonment = abandonment;
    }

    long id() {
        return id;
    }

    FlowRequest request() {
        return request;
    }

    Policy policy() {
        return policy;
    }

    /** Tells whether policy depends on who asks, so that nothing is sent before the gate has bound the flow. */
    boolean byName() {
        return byName;
    }

    boolean parked() {
        return parked;
    }

    boolean logged() {
        return logged;
    }

    Instant since() {
        return since;
    }

    /** Returns for how long it was held, or has been, in microseconds. */
    long waitedMicros() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
    }

    /** Returns how much is left of the policy's hold time, in nanoseconds; negative when it is over. */
    long remainingNanos() {
        return policy.holdTime().toNanos() - (System.nanoTime() - startNanos);
    }

    boolean ended() {
        return outcome.isDone();
    }

    /** Remembers what ends it when its time is over, to be called off when it ends before. */
    void deadline(Future<?> scheduled) {
        deadline = scheduled;
    }

    /** Tells the outcome to whoever waits; the gate has seen to it that this happens once. */
    void complete(Admission admission) {
        Future<?> scheduled = deadline;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        outcome.complete(admission);
    }

    @Override
    public CompletionStage<Admission> outcome() {
        return outcome.minimalCompletionStage();
    }

    @Override
    public void abandon() {
        if (!ended()) {
            abandonment.accept(this);
        }
    }
}
