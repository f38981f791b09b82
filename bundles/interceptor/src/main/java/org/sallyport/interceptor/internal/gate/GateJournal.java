package org.sallyport.interceptor.internal.gate;

import java.util.concurrent.TimeUnit;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.reason.Reason;

/**
 * Writes the gate's lines of the journal. Requests that end at once are many, and a program could flood the log with
 * them: beyond a rate they are counted instead. Thread safe.
 */
final class GateJournal {
    private static final int BURST = 200;
    private static final long LINES_PER_SECOND = 100;

    private double tokens = BURST;
    private long refilledNanos = System.nanoTime();
    private long suppressed;

    void request(FlowRequest request) {
        line("request", request).write();
    }

    void held(PendingHold hold) {
        line("held", hold.request()).with("policy", hold.policy().name()).write();
    }

    void released(FlowRequest request, String policy, long waitedMicros) {
        line("released", request)
                .with("policy", policy)
                .with("waited_us", waitedMicros)
                .write();
    }

    void refused(FlowRequest request, String policy, long waitedMicros, Errno errno, Reason reason) {
        line("refused", request)
                .with("policy", policy)
                .with("waited_us", waitedMicros)
                .with("errno", errno)
                .with("reason", reason.text())
                .write();
    }

    void abandoned(PendingHold hold, Reason reason) {
        line("refused", hold.request())
                .with("policy", hold.policy().name())
                .with("waited_us", hold.waitedMicros())
                .with("errno", "EINTR")
                .with("reason", reason.text())
                .write();
    }

    void bypassed(FlowRequest request, String policy) {
        line("bypassed", request).with("policy", policy).write();
    }

    /** Says whether one more request may be written about. */
    synchronized boolean allowed() {
        long now = System.nanoTime();
        double earned = (double) (now - refilledNanos) * LINES_PER_SECOND / TimeUnit.SECONDS.toNanos(1);
        tokens = Math.min(BURST, tokens + earned);
        refilledNanos = now;
        if (tokens < 1) {
            suppressed++;
            return false;
        }
        tokens--;
        if (suppressed > 0) {
            Journal.event("requests-not-logged").with("count", suppressed).write();
            suppressed = 0;
        }
        return true;
    }

    private static Journal line(String event, FlowRequest request) {
        return Journal.event(event)
                .with("pid", request.requester().pid())
                .with("program", request.requester().program())
                .with("user", request.requester().userId())
                .with("flow", request.flow());
    }
}
