package org.sallyport.linux.udp;

import java.net.InetSocketAddress;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.udp.internal.LoopbackPort;

/**
 * A port of the loopback address, made of what the appliance's own is made of, for a worker to send to itself before its
 * first real packet comes: what the compilers make of it fits what comes then. Anybody on this host can send there; what is
 * received is worth nothing.
 *
 * <p>Thread safety: as {@link PacketSocket}; opened and closed by one thread.
 */
public final class RehearsalPort implements AutoCloseable {
    private final LoopbackPort port;
    private final EspPortLease lease;

    private RehearsalPort(LoopbackPort port) {
        this.port = port;
        this.lease = port.lease(new LeaseGrants("a port to rehearse with").grant(Epoch.FIRST, () -> {}));
    }

    /**
     * Opens one.
     *
     * @throws org.sallyport.linux.LinuxException when the kernel refuses it
     */
    public static RehearsalPort open() {
        return new RehearsalPort(LoopbackPort.open());
    }

    /** Returns its lease, with one worker's socket. */
    public EspPortLease lease() {
        return lease;
    }

    /** Returns where to send so that it comes back. */
    public InetSocketAddress address() {
        return port.address();
    }

    @Override
    public void close() {
        lease.close();
        port.close();
    }
}
