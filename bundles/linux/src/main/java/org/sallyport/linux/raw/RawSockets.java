package org.sallyport.linux.raw;

import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.netlink.Family;

/**
 * Service: owns the raw sockets of ESP and AH, each for IPv4 and IPv6, and hands out exclusive leases on them. Sockets are
 * opened by the first lease that needs them and stay open until this bundle stops: while none is open, the kernel
 * answers such packets as it does for a protocol that nobody speaks.
 *
 * <p>Thread safety: every method may be called from any thread; leases of one kind are granted one after the other.
 */
public interface RawSockets {
    /** Returns an epoch above that of every lease on this protocol and family granted so far. */
    Epoch nextEpoch(RawProtocol protocol, Family family);

    /**
     * Leases the sockets of a protocol in one family, one for each worker. A holder with a lower epoch is revoked before
     * this returns: its callback runs, bounded to two seconds, and its handle fails from then on. Packets waiting in the
     * kernel's queues are kept.
     *
     * @param workers how many sockets, 1 to 64; the first lease decides for the life of this bundle
     * @param epoch above that of a living lease, and at least that of any lease granted before
     * @param onRevoked runs when a later lease takes over (not on {@link RawLease#close}); it should return only when
     *     the holder no longer acts, and must not block on whoever asks for the new lease
     * @throws IllegalArgumentException when the number of workers is out of range or differs from the first lease's
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     * @throws org.sallyport.linux.LinuxException when a socket cannot be opened: CAP_NET_RAW is missing, or the kernel
     *     has no IPv6
     */
    RawLease lease(RawProtocol protocol, Family family, Epoch epoch, int workers, Runnable onRevoked);
}
