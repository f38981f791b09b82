package org.sallyport.classifier.internal;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.SequenceGrants;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for sequence numbers on behalf of the workers, who only leave a wish: whatever the SAD does to fulfil it must not
 * hold up packets, nor wait for the very worker that asks.
 */
final class GrantRequester implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrantRequester.class);
    private static final long PAUSE_NANOS = 1_000_000L;

    private final OutboundTable table;
    private final Supplier<@Nullable SequenceGrants> grants;
    private final Thread thread;
    private volatile boolean closed;

    GrantRequester(OutboundTable table, Supplier<@Nullable SequenceGrants> grants) {
        this.table = table;
        this.grants = grants;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-grants").start(this::run);
    }

    private void run() {
        while (!closed) {
            SequenceGrants from = grants.get();
            if (from != null) {
                askFor(from);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void askFor(SequenceGrants from) {
        for (OutboundSa sa : table.all()) {
            if (sa.wanting() && sa.takeWish()) {
                try {
                    from.request(sa.inbound());
                } catch (RuntimeException e) {
                    LOG.warn("asking for sequence numbers of {} failed", sa.inbound(), e);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
