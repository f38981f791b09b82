package org.sallyport.example.toy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** Somebody waits for a pair. Thread safe. */
final class Ticket implements Negotiation {
    private final NegotiationRequest request;
    private final long deadline;
    private final CompletableFuture<NegotiationResult> result = new CompletableFuture<>();

    /**
     * Makes one.
     *
     * @param deadline of {@link System#nanoTime}
     */
    Ticket(NegotiationRequest request, long deadline) {
        this.request = request;
        this.deadline = deadline;
    }

    NegotiationRequest request() {
        return request;
    }

    long deadline() {
        return deadline;
    }

    void settle(NegotiationResult outcome) {
        result.complete(outcome);
    }

    boolean over() {
        return result.isDone();
    }

    @Override
    public CompletionStage<NegotiationResult> result() {
        return result.minimalCompletionStage();
    }

    @Override
    public void cancel() {
        settle(new NegotiationResult.Refused(Reason.of(ReasonCode.CANCELLED)));
    }
}
