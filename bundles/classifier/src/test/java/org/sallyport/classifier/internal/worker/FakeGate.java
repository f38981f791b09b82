package org.sallyport.classifier.internal.worker;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;

/** A gate that holds everything until a test says what becomes of it. */
public final class FakeGate implements PacketGate {
    public static final Admission PROCEED = new Admission.Proceed(Optional.empty());
    public static final Admission REFUSE =
            new Admission.Refuse(Errno.ETIMEDOUT, Reason.of(ReasonCode.HOLD_TIME_OVER, "protect", "1 s"));

    public final Map<Flow, CompletableFuture<Admission>> held = new ConcurrentHashMap<>();
    public final Map<Flow, Integer> asked = new ConcurrentHashMap<>();
    public final Set<Flow> abandoned = ConcurrentHashMap.newKeySet();
    public final Set<Flow> begun = ConcurrentHashMap.newKeySet();
    public final Set<Flow> ended = ConcurrentHashMap.newKeySet();

    private record FakeHold(FakeGate gate, Flow flow, CompletionStage<Admission> outcome) implements Hold {
        @Override
        public void abandon() {
            if (!outcome.toCompletableFuture().isDone()) {
                gate.abandoned.add(flow);
            }
        }
    }

    @Override
    public Admission admit(Flow flow) {
        CompletableFuture<Admission> outcome = new CompletableFuture<>();
        held.put(flow, outcome);
        asked.merge(flow, 1, Integer::sum);
        return new Admission.Held(new FakeHold(this, flow, outcome));
    }

    /** Ends every hold that there is. */
    public void all(Admission outcome) {
        held.values().forEach(hold -> hold.complete(outcome));
    }

    @Override
    public void begun(Flow flow, ChildSaId lineage) {
        begun.add(flow);
        ended.remove(flow);
    }

    @Override
    public void ended(Flow flow) {
        ended.add(flow);
    }
}
