package org.sallyport.interceptor.internal.seccomp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Hold;

/**
 * Calls that wait at the gate. The kernel does not tell when a caller goes away, by a signal or its death, so they are
 * looked at from time to time, and a hold that nobody waits for is abandoned. Thread safe.
 */
final class HeldCalls {
    private static final long LOOK_MILLIS = 50;

    private final Map<SupervisedCall, Hold> held = new ConcurrentHashMap<>();

    HeldCalls(ScheduledExecutorService timer) {
        var unused = timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Waits for the hold to end; for a virtual thread. */
    Admission await(SupervisedCall call, Hold hold) {
        held.put(call, hold);
        try {
            return hold.outcome().toCompletableFuture().join();
        } finally {
            held.remove(call);
        }
    }

    /** Abandons every hold: their calls will be brought to the gate again by whoever takes the listeners over. */
    void abandonAll() {
        held.values().forEach(Hold::abandon);
    }

    private void look() {
        held.forEach((call, hold) -> {
            if (!call.waits()) {
                hold.abandon();
            }
        });
    }
}
