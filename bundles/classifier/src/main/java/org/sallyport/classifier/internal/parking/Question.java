package org.sallyport.classifier.internal.parking;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.classifier.internal.parking.ParkedFlow.Answer;

/** One flow's question to one gate. Asked and withdrawn by one thread, answered by any. */
final class Question {
    private final ParkedFlow flow;
    private final Consumer<ParkedFlow> answered;
    private @Nullable Hold hold;
    private volatile boolean withdrawn;

    /**
     * @param answered told once the flow has its answer
     */
    Question(ParkedFlow flow, Consumer<ParkedFlow> answered) {
        this.flow = flow;
        this.answered = answered;
    }

    void ask(PacketGate gate) {
        switch (gate.admit(flow.flow())) {
            case Admission.Held held -> {
                hold = held.hold();
                held.hold().outcome().whenComplete((outcome, failure) -> take(outcome));
            }
            case Admission outcome -> take(outcome);
        }
    }

    private void take(@Nullable Admission outcome) {
        answer(outcome instanceof Admission.Proceed ? Answer.PROCEED : Answer.REFUSE);
    }

    void answer(Answer answer) {
        if (!withdrawn) {
            flow.answer(answer);
            answered.accept(flow);
        }
    }

    /** Returns the same question, to be put to another gate. */
    Question anew() {
        withdraw();
        return new Question(flow, answered);
    }

    /** Nobody waits for the answer any more. */
    void withdraw() {
        withdrawn = true;
        if (hold != null) {
            hold.abandon();
        }
    }

    ParkedFlow flow() {
        return flow;
    }
}
