package org.sallyport.classifier.internal.worker;

import java.lang.invoke.VarHandle;
import org.sallyport.linux.poll.Wakeup;

/** Wakes a worker's thread if it waits; to be rung after what it shall find was made visible. Thread safe. */
record Doorbell(Quiescence quiescence, Wakeup wakeup) {
    void ring() {
        VarHandle.fullFence();
        if (quiescence.idle()) {
            wakeup.signal();
        }
    }
}
