package org.sallyport.ike.internal.runtime;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;

/** A negotiation as whoever asked for it holds it. Thread safe. */
final class Ticket implements Negotiation {
    private final long number;
    private final NegotiationRequest request;
    private final long deadline;
    private final Consumer<Ticket> abandon;
    private final CompletableFuture<NegotiationResult> result = new CompletableFuture<>();
    private final AtomicBoolean tried = new AtomicBoolean();
    private volatile @Nullable SessionRunner carrier;

    Ticket(long number, NegotiationRequest request, long deadline, Consumer<Ticket> abandon) {
        this.number = number;
        this.request = request;
        this.deadline = deadline;
        this.abandon = abandon;
    }

    long number() {
        return number;
    }

    NegotiationRequest request() {
        return request;
    }

    long deadline() {
        return deadline;
    }

    Optional<SessionRunner> carrier() {
        return Optional.ofNullable(carrier);
    }

    void carrier(SessionRunner runner) {
        carrier = runner;
    }

    /** Tells once that this was the first try. */
    boolean firstTime() {
        return tried.compareAndSet(false, true);
    }

    void complete(NegotiationResult value) {
        result.complete(value);
    }

    @Override
    public CompletionStage<NegotiationResult> result() {
        return result.minimalCompletionStage();
    }

    @Override
    public void cancel() {
        abandon.accept(this);
    }
}
