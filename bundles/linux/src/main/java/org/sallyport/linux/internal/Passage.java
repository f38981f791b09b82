package org.sallyport.linux.internal;

import org.jspecify.annotations.Nullable;

/**
 * One thread's way through a lease. Entering and leaving allocate nothing; a lease that ends waits until the passage is
 * empty, so that afterwards nobody acts under it.
 *
 * <p>Thread safety: one thread at a time enters.
 */
public final class Passage {
    private final LeaseState lease;
    private volatile @Nullable Thread inside;

    Passage(LeaseState lease) {
        this.lease = lease;
    }

    /** Enters, unless the lease has ended; who entered leaves. */
    public boolean enter() {
        inside = Thread.currentThread();
        if (lease.revoked()) {
            inside = null;
            return false;
        }
        return true;
    }

    /** Leaves. */
    public void leave() {
        inside = null;
    }

    boolean occupiedByOther() {
        Thread occupant = inside;
        return occupant != null && occupant != Thread.currentThread();
    }
}
