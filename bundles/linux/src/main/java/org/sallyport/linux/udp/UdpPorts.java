package org.sallyport.linux.udp;

import org.sallyport.api.sa.Epoch;

/**
 * Service: owns the UDP sockets on ports 500 and 4500, IPv4 and IPv6, and hands out exclusive leases on them. Sockets
 * are opened by the first lease that needs them and stay open until this bundle stops.
 *
 * <p>Port 4500 is split in the kernel by a classic BPF program: a payload that begins with four zero octets (the
 * non-ESP marker, RFC 3948 section 2.2) goes to the negotiator's socket, everything else to the data plane's workers
 * by SPI.
 *
 * <p>Thread safety: every method may be called from any thread; leases of one kind are granted one after the other.
 */
public interface UdpPorts {
    /** The IKE port (RFC 7296 section 2). */
    int IKE_PORT = 500;

    /** The port of IKE and ESP with UDP encapsulation (RFC 3948). */
    int NAT_PORT = 4500;

    /** Returns an epoch above that of every lease granted so far: what a bundle takes its lease with when it starts. */
    Epoch nextEpoch();

    /**
     * Leases IKE's side of both ports. A holder with a lower epoch is revoked before this returns: its callback runs,
     * bounded to two seconds, and its handle fails from then on. Messages waiting in the kernel's queues are kept.
     *
     * @param epoch above that of a living lease, and at least that of any lease granted before
     * @param onRevoked runs when a later lease takes over (not on {@link PortLease#close}); it should return only when
     *     the holder no longer acts, and must not block on whoever asks for the new lease
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     * @throws org.sallyport.linux.LinuxException when a socket cannot be opened, for instance because another daemon
     *     has the port
     */
    IkePortLease leaseIke(Epoch epoch, Runnable onRevoked);

    /**
     * Leases ESP's side of port 4500, one socket for each worker.
     *
     * @param epoch as for {@link #leaseIke}
     * @param workers how many sockets, 1 to 64; the first lease decides for the life of this bundle
     * @param onRevoked as for {@link #leaseIke}
     * @throws IllegalArgumentException when the number of workers is out of range or differs from the first lease's
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     * @throws org.sallyport.linux.LinuxException when a socket cannot be opened
     */
    EspPortLease leaseEsp(Epoch epoch, int workers, Runnable onRevoked);
}
