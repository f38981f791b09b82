package org.sallyport.linux.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.Lease;
import org.sallyport.linux.LeaseRevokedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every lease has: its epoch, whether it still stands, and the passages through it, so that revoking can wait until
 * nobody is inside. Thread safe.
 */
public final class LeaseState implements Lease {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseState.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String what;
    private final Epoch epoch;
    private final Runnable onRevoked;
    private final Consumer<LeaseState> onClosed;
    private final List<Passage> passages = new CopyOnWriteArrayList<>();
    private final List<Runnable> onEnd = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    LeaseState(String what, Epoch epoch, Runnable onRevoked, Consumer<LeaseState> onClosed) {
        this.what = what;
        this.epoch = epoch;
        this.onRevoked = onRevoked;
        this.onClosed = onClosed;
    }

    @Override
    public Epoch epoch() {
        return epoch;
    }

    @Override
    public boolean revoked() {
        return ended;
    }

    @Override
    public void close() {
        end();
        onClosed.accept(this);
    }

    /** Makes a way through this lease for one thread at a time. */
    public Passage newPassage() {
        Passage passage = new Passage(this);
        passages.add(passage);
        return passage;
    }

    /** Has something run once this lease has ended, while passages may still be inside: what wakes who waits there. */
    public void whenEnded(Runnable action) {
        onEnd.add(action);
    }

    /** Fails when this lease has ended. */
    public void requireStanding() {
        if (ended) {
            throw new LeaseRevokedException(what);
        }
    }

    /** Has the holder stop, bounded in time, and then lets nothing pass any more. */
    void revoke() {
        if (!ended) {
            tellHolder();
            end();
        }
    }

    private void tellHolder() {
        Thread teller = Thread.ofPlatform().daemon().name("lease-revocation").start(this::runCallback);
        try {
            if (!teller.join(PATIENCE)) {
                LOG.warn("the holder of {} (epoch {}) did not let go within {} s; cut off", what, epoch.value(), 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runCallback() {
        try {
            onRevoked.run();
        } catch (RuntimeException e) {
            LOG.warn("the holder of {} (epoch {}) failed while letting go", what, epoch.value(), e);
        }
    }

    private void end() {
        ended = true;
        onEnd.forEach(Runnable::run);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Passage passage : passages) {
            while (passage.occupiedByOther() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
        }
    }
}
