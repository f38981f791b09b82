package org.sallyport.classifier.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.SequenceGrants;
import org.sallyport.api.sa.Share;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.Shares;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for sequence numbers, and for SAs beside others, on behalf of the workers, who only leave a wish: whatever the SAD does to fulfil it must not
 * hold up packets, nor wait for the very worker that asks.
 */
final class GrantRequester implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrantRequester.class);
    /** How long a wish waits for a SAD that is being replaced, before it is looked for again. */
    private static final long PAUSE_NANOS = 10_000_000L;

    private final Supplier<@Nullable SequenceGrants> grants;
    private final Queue<OutboundSa> wishes = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    GrantRequester(Supplier<@Nullable SequenceGrants> grants) {
        this.grants = grants;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-grants").start(this::run);
    }

    /** An SA wants more sequence numbers, or others beside it; does not block. */
    void wanted(OutboundSa sa) {
        wishes.add(sa);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            SequenceGrants from = grants.get();
            if (wishes.isEmpty()) {
                LockSupport.park();
            } else if (from == null) {
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                ask(from, wishes.remove());
            }
        }
    }

    private static void ask(SequenceGrants from, OutboundSa sa) {
        try {
            if (sa.takeWish()) {
                from.request(sa.inbound());
            }
            askForShares(from, sa);
        } catch (RuntimeException e) {
            LOG.warn("asking for what {} wants failed", sa.inbound(), e);
        }
    }

    private static void askForShares(SequenceGrants from, OutboundSa sa) {
        Shares beside = sa.shares();
        long wanted = beside == null ? 0 : beside.takeWishes();
        for (int number = 1; number <= Share.MOST; number++) {
            if ((wanted >>> number & 1) != 0) {
                from.share(new Share(number, sa.lineage()));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
