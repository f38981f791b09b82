package org.sallyport.linux.tun;

import org.sallyport.api.sa.Epoch;

/**
 * Service: owns TUN devices and hands out their queues. A device is made, or an existing persistent one attached, by the
 * first use of its name, and brought up; it stays when this bundle, or the process, goes.
 *
 * <p>Thread safety: every method may be called from any thread.
 */
public interface TunDevices {
    /**
     * Makes sure that the device stands and is up.
     *
     * @throws IllegalArgumentException when it is open already with another number of queues
     * @throws org.sallyport.linux.LinuxException when the kernel refuses: no /dev/net/tun, no CAP_NET_ADMIN, a device
     *     of this name that is no such TUN
     */
    TunDevice open(TunSpec spec);

    /** Returns an epoch above that of every lease granted on this device so far. */
    Epoch nextEpoch(TunSpec spec);

    /**
     * Leases the queues of a device, opened if need be. A holder with a lower epoch is revoked before this returns, as
     * {@link org.sallyport.linux.udp.UdpPorts#leaseIke} tells; packets in the queues are kept.
     *
     * @param epoch above that of a living lease, and at least that of any lease granted before
     * @param onRevoked runs when a later lease takes over
     * @throws org.sallyport.linux.StaleEpochException when a holder's epoch is not below the one given
     */
    TunLease lease(TunSpec spec, Epoch epoch, Runnable onRevoked);

    /** Deletes a device; its routes go with it. A lease on it is revoked. What is not there is passed over. */
    void delete(String name);
}
