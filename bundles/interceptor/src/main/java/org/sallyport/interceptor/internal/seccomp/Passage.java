package org.sallyport.interceptor.internal.seccomp;

import java.util.Optional;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.Lease;

/**
 * A call's way through the gate, flow after flow, until it is answered. It waits for a hold without a thread: whoever ends
 * the hold goes on with it. Owns the call; goes on one thread at a time.
 */
final class Passage {
    private final PreparedCall prepared;
    private final Requester requester;
    private final FlowGate gate;
    private final HeldCalls heldCalls;
    private int flowsAsked;
    private Admission together = new Admission.Proceed(Optional.empty());

    Passage(PreparedCall prepared, Requester requester, FlowGate gate, HeldCalls heldCalls) {
        this.prepared = prepared;
        this.requester = requester;
        this.gate = gate;
        this.heldCalls = heldCalls;
    }

    /** Goes as far as it can now. The call is closed when it is answered, or cannot be. */
    void go() {
        boolean waits = false;
        try {
            waits = askForEachFlow();
        } finally {
            if (!waits) {
                prepared.close();
            }
        }
    }

    /** Returns true when the rest follows at the end of a hold. */
    private boolean askForEachFlow() {
        while (flowsAsked < prepared.flows().size() && !(together instanceof Admission.Refuse)) {
            Admission admission = ask();
            if (admission instanceof Admission.Held held) {
                heldCalls.whenEnded(prepared.call(), held.hold(), this::goOn);
                return true;
            }
            take(admission);
        }
        prepared.conclude(together);
        return false;
    }

    private Admission ask() {
        FlowRequest request = FlowRequest.ofSocket(prepared.flows().get(flowsAsked++), requester, prepared.cookie());
        return prepared.doesNotWait() ? gate.admitAtOnce(request) : gate.admit(request);
    }

    private void goOn(Admission admission) {
        prepared.call().guard(() -> {
            take(admission);
            go();
        });
    }

    private void take(Admission admission) {
        together = admission instanceof Admission.Refuse || !isProtected(together) ? admission : together;
    }

    private static boolean isProtected(Admission admission) {
        return !(admission instanceof Admission.Proceed(Optional<Lease> lease)) || lease.isPresent();
    }
}
