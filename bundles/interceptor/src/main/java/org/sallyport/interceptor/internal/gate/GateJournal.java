package org.sallyport.interceptor.internal.gate;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private final Consumer<Journal> sink;
    private double tokens = BURST;
    private long refilledNanos = System.nanoTime();
    private long suppressed;

    /** Makes a journal whose lines go there. */
    GateJournal(Consumer<Journal> sink) {
        this.sink = sink;
    }

    void request(FlowRequest request) {
        sink.accept(line("request", request));
    }

    void held(PendingHold hold) {
        sink.accept(line("held", hold.request()).with("policy", hold.policy().name()));
    }

    /** The caller does not wait; its packets do. */
    void parked(FlowRequest request, String policy) {
        sink.accept(line("parked", request).with("policy", policy));
    }

    void released(FlowRequest request, String policy, long waitedMicros) {
        sink.accept(line("released", request).with("policy", policy).with("waited_us", waitedMicros));
    }

    void refused(FlowRequest request, String policy, long waitedMicros, Errno errno, Reason reason) {
        sink.accept(line("refused", request)
                .with("policy", policy)
                .with("waited_us", waitedMicros)
                .with("errno", errno)
                .with("reason", reason.text()));
    }

    void abandoned(PendingHold hold, Reason reason) {
        sink.accept(line("refused", hold.request())
                .with("policy", hold.policy().name())
                .with("waited_us", hold.waitedMicros())
                .with("errno", "EINTR")
                .with("reason", reason.text()));
    }

    void bypassed(FlowRequest request, String policy) {
        sink.accept(line("bypassed", request).with("policy", policy));
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
            sink.accept(Journal.event("requests-not-logged").with("count", suppressed));
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
