package org.sallyport.interceptor.internal.seccomp;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Hold;

/**
 * Calls that wait at the gate. The kernel does not tell when a caller goes away, by a signal or its death, so they are
 * looked at from time to time, and a hold that nobody waits for is abandoned. Thread safe.
 *
 * <p>To look at one, the kernel goes through all calls of its listener under the lock that new calls and answers need too.
 * So each time is bounded, and the next goes on where it ended: thousands of held calls are looked at more seldom.
 */
final class HeldCalls {
    private static final long LOOK_MILLIS = 50;
    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Map<SupervisedCall, Hold> held = new ConcurrentHashMap<>();
    /** Where to go on; for the timer's thread alone. */
    private Iterator<Map.Entry<SupervisedCall, Hold>> next = Collections.emptyIterator();

    HeldCalls(ScheduledExecutorService timer) {
        var unused = timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Has an action follow the hold, on the thread that ends it. */
    void whenEnded(SupervisedCall call, Hold hold, Consumer<Admission> action) {
        held.put(call, hold);
        hold.outcome().thenAccept(admission -> {
            held.remove(call);
            action.accept(admission);
        });
    }

    /** Abandons every hold: their calls will be brought to the gate again by whoever takes the listeners over. */
    void abandonAll() {
        held.values().forEach(Hold::abandon);
    }

    private void look() {
        long began = System.nanoTime();
        if (!next.hasNext()) {
            next = held.entrySet().iterator();
        }
        while (next.hasNext() && System.nanoTime() - began < LONGEST_LOOK_NANOS) {
            Map.Entry<SupervisedCall, Hold> entry = next.next();
            if (!entry.getKey().waits()) {
                entry.getValue().abandon();
            }
        }
    }
}
