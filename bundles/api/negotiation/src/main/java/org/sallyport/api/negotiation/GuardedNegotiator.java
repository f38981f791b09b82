package org.sallyport.api.negotiation;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.plugin.PluginQueue;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Share;

/** A negotiator as the appliance calls it: see {@link Negotiators}. Thread safe; no call blocks. */
final class GuardedNegotiator implements Negotiator, AutoCloseable {
    private static final int MOST_WAITING = 4096;
    /** Whoever waits has a deadline of its own; this one is for negotiators that forget theirs. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final Negotiator negotiator;
    private final PluginQueue calls;
    private final Set<Guarded> open = ConcurrentHashMap.newKeySet();

    GuardedNegotiator(String name, Negotiator negotiator) {
        this.name = name;
        this.negotiator = negotiator;
        this.calls = new PluginQueue("negotiator " + name, MOST_WAITING);
    }

    @Override
    public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
        Guarded guarded = new Guarded();
        open.add(guarded);
        guarded.refuseAfter(deadline.plus(PATIENCE), failed("did not answer within " + deadline.toMillis() + " ms"));
        if (!calls.offer(() -> guarded.begin(request, deadline))) {
            guarded.refuse(failed("has stopped, or does not return from earlier calls"));
        }
        return guarded;
    }

    @Override
    public void rekey(ChildSaId lineage) {
        calls.offer(() -> negotiator.rekey(lineage));
    }

    @Override
    public void share(Share wanted) {
        calls.offer(() -> negotiator.share(wanted));
    }

    @Override
    public void rekey(IkeSaId ikeSa) {
        calls.offer(() -> negotiator.rekey(ikeSa));
    }

    @Override
    public void delete(ChildSaId lineage, Reason reason) {
        calls.offer(() -> negotiator.delete(lineage, reason));
    }

    @Override
    public void delete(IkeSaId ikeSa, Reason reason) {
        calls.offer(() -> negotiator.delete(ikeSa, reason));
    }

    private Reason failed(String how) {
        return Reason.of(ReasonCode.NEGOTIATOR_FAILED, name, how);
    }

    @Override
    public void close() {
        calls.close();
        open.forEach(g -> g.refuseAfter(PATIENCE, Reason.of(ReasonCode.NEGOTIATOR_ABSENT, name)));
    }

    /** One negotiation: ends once, whatever the negotiator says and how often. */
    private final class Guarded implements Negotiation {
        private final CompletableFuture<NegotiationResult> result = new CompletableFuture<>();
        private @Nullable Negotiation begun;
        private boolean cancelled;

        Guarded() {
            var unused = result.whenComplete((r, f) -> open.remove(this));
        }

        void begin(NegotiationRequest request, Duration deadline) {
            if (result.isDone() || isCancelled()) {
                refuse(Reason.of(ReasonCode.CANCELLED));
                return;
            }
            try {
                Negotiation negotiation = negotiator.negotiate(request, deadline);
                if (begun(negotiation)) {
                    negotiation.cancel();
                }
                var unused = negotiation.result().whenComplete(this::answered);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                refuse(failed("threw " + e));
                throw e;
            }
        }

        private synchronized boolean isCancelled() {
            return cancelled;
        }

        private synchronized boolean begun(Negotiation negotiation) {
            begun = negotiation;
            return cancelled;
        }

        private void answered(@Nullable NegotiationResult answer, @Nullable Throwable failure) {
            if (answer == null) {
                refuse(failed("answered " + (failure == null ? "nothing" : failure)));
            } else {
                result.complete(answer);
            }
        }

        void refuse(Reason reason) {
            result.complete(new NegotiationResult.Refused(reason));
        }

        void refuseAfter(Duration wait, Reason reason) {
            result.completeOnTimeout(new NegotiationResult.Refused(reason), wait.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public CompletionStage<NegotiationResult> result() {
            return result;
        }

        @Override
        public void cancel() {
            Negotiation running;
            synchronized (this) {
                cancelled = true;
                running = begun;
            }
            if (running != null) {
                calls.offer(running::cancel);
            }
        }
    }
}
