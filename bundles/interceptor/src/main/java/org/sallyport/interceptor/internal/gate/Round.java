package org.sallyport.interceptor.internal.gate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.negotiation.Negotiation;

/**
 * One negotiation and everybody who waits for it. Guarded by the lock of {@link Negotiations}, but for {@link #started}
 * and {@link #cancel}, which guard themselves.
 */
final class Round {
    /**
     * What a negotiation is for: requests of one key share it.
     *
     * @param policy the entry's name
     * @param selectors the entry's, with what its PFP flags take from the flow
     */
    record Key(String policy, Selectors selectors) {}

    private final Key key;
    private final PendingHold first;
    private final Set<PendingHold> waiting = new LinkedHashSet<>();
    private @Nullable Negotiation negotiation;
    private boolean cancelled;

    Round(Key key, PendingHold first) {
        this.key = key;
        this.first = first;
        waiting.add(first);
    }

    Key key() {
        return key;
    }

    /** Returns the request whose flow the peer is told. */
    PendingHold first() {
        return first;
    }

    void join(PendingHold hold) {
        waiting.add(hold);
    }

    boolean leave(PendingHold hold) {
        return waiting.remove(hold);
    }

    boolean deserted() {
        return waiting.isEmpty();
    }

    List<PendingHold> waiting() {
        return List.copyOf(waiting);
    }

    /** The negotiation runs; it is cancelled at once when everybody left before it did. */
    void started(Negotiation running) {
        boolean tooLate;
        synchronized (this) {
            negotiation = running;
            tooLate = cancelled;
        }
        if (tooLate) {
            running.cancel();
        }
    }

    /** Cancels the negotiation. */
    void cancel() {
        Negotiation running;
        synchronized (this) {
            cancelled = true;
            running = negotiation;
        }
        if (running != null) {
            running.cancel();
        }
    }
}
