package org.sallyport.ike.internal.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.eap.EapConversation;

/** The questions of one session that are not answered yet, with how it goes on. Used by one thread at a time. */
final class Asks {
    private record Pending<A>(Question<A> question, Consumer<A> then, Consumer<Reason> otherwise, long deadline) {}

    private final Session session;
    private final Map<Long, Pending<?>> pending = new HashMap<>();
    private long nextToken;

    Asks(Session session) {
        this.session = session;
    }

    <A> void ask(Question<A> question, Consumer<A> then, Consumer<Reason> otherwise) {
        long token = nextToken++;
        long deadline = session.now() + session.context().tuning().answerTime().toNanos();
        pending.put(token, new Pending<>(question, then, otherwise, deadline));
        session.emit(new Effect.Ask(token, question));
    }

    /** Goes on with an answer; one that nobody waits for any more is given back. */
    void answered(long token, Outcome outcome) {
        Pending<?> asked = pending.remove(token);
        switch (outcome) {
            case Outcome.Fenced ignored -> {}
            case Outcome.Failure failure when asked != null -> asked.otherwise().accept(failure.reason());
            case Outcome.Failure ignored -> {}
            case Outcome.Value value when asked != null -> accept(asked, value.value());
            case Outcome.Value late -> release(late.value());
        }
    }

    private static <A> void accept(Pending<A> asked, Object value) {
        asked.then().accept(asked.question().answer().cast(value));
    }

    /** The session ends: nothing goes on but what waits for a checkpoint, which may be the last word to the peer. */
    void abandon() {
        pending.values().removeIf(p -> !(p.question() instanceof Question.SaveCheckpoint));
    }

    private void release(Object late) {
        if (late instanceof Question.Reserved reserved) {
            session.emit(new Effect.Delete(reserved.inbound(), Reason.of(ReasonCode.CANCELLED)));
        } else if (late instanceof SpiKey installed) {
            session.emit(new Effect.Delete(installed, Reason.of(ReasonCode.CANCELLED)));
        } else if (late instanceof Question.Leased leased) {
            leased.leases().forEach(lease -> session.emit(new Effect.ReleaseAddress(lease)));
        } else if (late instanceof Question.Taken taken) {
            session.emit(new Effect.GiveUpAddresses(taken.ikeSa()));
        } else if (late instanceof EapConversation conversation) {
            conversation.close();
        } else if (late instanceof EapConversation.Turn turn) {
            turn.close();
        }
    }

    long deadline() {
        long next = Long.MAX_VALUE;
        for (Pending<?> each : pending.values()) {
            next = Math.min(next, each.deadline());
        }
        return next;
    }

    void tick() {
        for (Map.Entry<Long, Pending<?>> each : List.copyOf(pending.entrySet())) {
            if (each.getValue().deadline() <= session.now()) {
                pending.remove(each.getKey());
                String what = each.getValue().question().getClass().getSimpleName();
                each.getValue().otherwise().accept(Reason.of(ReasonCode.INTERNAL_ERROR, what + " took too long"));
            }
        }
    }
}
