package org.sallyport.linux.tcp;

import org.sallyport.api.sa.Epoch;

/**
 * Service: owns the TCP listener of port 4500, IPv4 and IPv6, and the connections that were accepted by it or opened to
 * peers (RFC 9329), and hands out exclusive leases on IKE's and ESP's side of them. The data plane's workers read; IKE
 * messages among what they read go to the negotiator.
 *
 * <p>Everything that a stranger can bring about is bounded: 1024 connections altogether and 128 of one address; of those
 * that nobody has authenticated himself by 256 and 16, for 30 seconds; and each connection's buffers.
 *
 * <p>Thread safety: every method may be called from any thread.
 */
public interface TcpStreams {
    /** The port (RFC 9329 section 2). */
    int PORT = 4500;

    /** Returns an epoch above that of every lease granted so far. */
    Epoch nextEpoch();

    /**
     * Leases IKE's side. A holder with a lower epoch is revoked before this returns.
     *
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     */
    IkeStreamLease leaseIke(Epoch epoch, Runnable onRevoked);

    /**
     * Leases ESP's side, one socket for each worker.
     *
     * @param workers how many, 1 to 64; the first lease decides for the life of this bundle
     * @throws IllegalArgumentException when the number of workers is out of range or differs from the first lease's
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     */
    EspStreamLease leaseEsp(Epoch epoch, int workers, Runnable onRevoked);
}
