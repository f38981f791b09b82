package org.sallyport.classifier.internal.audit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.sallyport.api.admin.Journal;
import org.sallyport.classifier.internal.flow.DropReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes auditable events into the journal, of each reason a few in a second, and how many were not written: nobody who
 * sends us rubbish fills a disk with it. On a thread of its own.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int LINES_IN_A_SECOND = 10;

    /** Where events go. */
    interface Sink {
        void event(AuditEvent event);

        void suppressed(DropReason reason, long events);
    }

    /** What became of one reason's events. */
    private static final class Share {
        private int lines;
        private long suppressed;
        private long lost;
    }

    private final List<AuditRing> rings;
    private final LongSupplier clock;
    private final Sink sink;
    private final Map<DropReason, Share> shares = new EnumMap<>(DropReason.class);
    private final Thread thread;
    private long since;
    private volatile boolean closed;

    /**
     * @param clock nanoseconds
     */
    public AuditLog(List<AuditRing> rings, LongSupplier clock) {
        this(rings, clock, new ToJournal());
    }

    AuditLog(List<AuditRing> rings, LongSupplier clock, Sink sink) {
        this.rings = List.copyOf(rings);
        this.clock = clock;
        this.sink = sink;
        this.since = clock.getAsLong();
        for (DropReason reason : DropReason.values()) {
            shares.put(reason, new Share());
        }
        this.thread = Thread.ofPlatform().daemon().name("sallyport-audit").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                work();
            } catch (RuntimeException e) {
                LOG.error("writing auditable events failed", e);
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        work();
        tellSuppressed();
    }

    /** Writes what has come. */
    void work() {
        long now = clock.getAsLong();
        if (now - since >= SECOND) {
            since = now;
            tellSuppressed();
        }
        for (AuditRing ring : rings) {
            ring.drain(this::take);
        }
    }

    private void take(AuditEvent event) {
        Share share = shares.computeIfAbsent(event.reason(), reason -> new Share());
        if (share.lines < LINES_IN_A_SECOND) {
            share.lines++;
            sink.event(event);
        } else {
            share.suppressed++;
        }
    }

    private void tellSuppressed() {
        shares.forEach((reason, share) -> {
            long lost = rings.stream().mapToLong(ring -> ring.lost(reason)).sum();
            long events = share.suppressed + lost - share.lost;
            if (events > 0) {
                sink.suppressed(reason, events);
            }
            share.lines = 0;
            share.suppressed = 0;
            share.lost = lost;
        });
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private static final class ToJournal implements Sink {
        @Override
        public void event(AuditEvent event) {
            Journal line = Journal.event("audit").with("reason", event.reason().words());
            if (event.spi() != 0) {
                line.with("spi", String.format("%08x", event.spi()));
            }
            if (event.sequence() != 0) {
                line.with("sequence", Long.toUnsignedString(event.sequence()));
            }
            event.source().ifPresent(address -> line.with("source", address.getHostAddress()));
            event.destination().ifPresent(address -> line.with("destination", address.getHostAddress()));
            event.flow().ifPresent(flow -> line.with("flow", flow));
            line.write();
        }

        @Override
        public void suppressed(DropReason reason, long events) {
            Journal.event("audit-suppressed")
                    .with("reason", reason.words())
                    .with("events", events)
                    .write();
        }
    }
}
