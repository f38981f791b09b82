package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;

/**
 * Writes to the journal who uses what and what nobody uses. A thousand connects a second are not a thousand lines: what
 * is over a bound is counted, and the count is written.
 */
final class LeaseJournal implements LeaseListener {
    static final int LINES_PER_SECOND = 50;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Lets so many lines of one kind through in a second. */
    private final class Bound {
        private final int lines;
        private final String event;
        private long began;
        private int written;
        private long omitted;

        private Bound(int lines, String event) {
            this.lines = lines;
            this.event = event;
            this.began = timers.now() - SECOND;
        }

        private synchronized boolean allows() {
            long now = timers.now();
            if (now - began >= SECOND && omitted == 0) {
                began = now;
                written = 0;
            }
            if (written < lines) {
                written++;
                return true;
            }
            if (omitted++ == 0) {
                timers.at(began + SECOND, this::tellOmitted);
            }
            return false;
        }

        private synchronized void tellOmitted() {
            sink.accept(Journal.event(event).with("lines", omitted));
            omitted = 0;
        }
    }

    private final Timers timers;
    private final Consumer<Journal> sink;
    private final Bound uses;
    private final Bound refusals;

    /** @param sink takes lines in order and must not block */
    LeaseJournal(Timers timers, Consumer<Journal> sink) {
        this.timers = timers;
        this.sink = sink;
        this.uses = new Bound(LINES_PER_SECOND, "lease-lines-omitted");
        this.refusals = new Bound(1, "lease-refusals-omitted");
    }

    @Override
    public void begun(Lease lease, int useCount) {
        write("lease-begun", lease, useCount);
    }

    @Override
    public void ended(Lease lease, int useCount) {
        write("lease-ended", lease, useCount);
    }

    private void write(String event, Lease lease, int useCount) {
        if (uses.allows()) {
            sink.accept(Journal.event(event)
                    .with("lineage", lease.lineage())
                    .with("holder", lease.holder())
                    .with("use_count", useCount));
        }
    }

    @Override
    public void refused(ChildSaId lineage, LeaseHolder holder, Reason reason) {
        if (refusals.allows()) {
            sink.accept(Journal.event("lease-refused")
                    .with("lineage", lineage)
                    .with("holder", holder)
                    .with("reason", reason));
        }
    }

    /**
     * Nobody leases a lineage from now on.
     *
     * @param linger how long it stays, empty for its lifetime
     */
    void unneeded(ChildSaId lineage, String policy, Optional<Duration> linger) {
        if (uses.allows()) {
            sink.accept(Journal.event("sa-unneeded")
                    .with("lineage", lineage)
                    .with("policy", policy)
                    .with("linger", linger.map(d -> d.toSeconds() + " s").orElse("lifetime")));
        }
    }
}
