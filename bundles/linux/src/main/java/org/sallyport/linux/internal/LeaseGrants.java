package org.sallyport.linux.internal;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.StaleEpochException;

/**
 * Grants one thing to one holder at a time, by epoch: a higher one revokes the holder of a lower one; a lower one than
 * was ever granted is refused. Thread safe; a holder may close its lease while it is being revoked.
 */
public final class LeaseGrants {
    private final String what;
    private final AtomicReference<@Nullable LeaseState> holder = new AtomicReference<>();
    private @Nullable Epoch highest;

    /**
     * @param what names the thing in messages ("the IKE ports")
     */
    public LeaseGrants(String what) {
        this.what = what;
    }

    /** Returns an epoch above every one that was granted. */
    public synchronized Epoch next() {
        return highest == null ? Epoch.FIRST : highest.next();
    }

    /**
     * Grants a lease; returns once the holder before has let go.
     *
     * @throws StaleEpochException when the epoch does not supersede the holder's, or lies below one granted before
     */
    public synchronized LeaseState grant(Epoch epoch, Runnable onRevoked) {
        Epoch inForce = highest;
        if (inForce != null && epoch.compareTo(inForce) < (holder.get() == null ? 0 : 1)) {
            throw new StaleEpochException(what, epoch, inForce);
        }
        highest = epoch;
        revoke();
        LeaseState granted = new LeaseState(what, epoch, onRevoked, lease -> holder.compareAndSet(lease, null));
        holder.set(granted);
        return granted;
    }

    /** Revokes the lease that stands, if one does. */
    public synchronized void revoke() {
        LeaseState standing = holder.get();
        if (standing != null) {
            standing.revoke();
            holder.compareAndSet(standing, null);
        }
    }
}
