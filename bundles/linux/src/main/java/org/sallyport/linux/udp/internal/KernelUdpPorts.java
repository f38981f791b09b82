package org.sallyport.linux.udp.internal;

import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.IkePortLease;
import org.sallyport.linux.udp.UdpPorts;

/** The sockets of ports 500 and 4500 and the two leases on them. */
@Component(immediate = true, configurationPid = "org.sallyport.udp")
@Designate(ocd = UdpConfig.class)
public final class KernelUdpPorts implements UdpPorts {
    /** Octets of each socket's buffers where nothing else is configured. */
    public static final int USUAL_BUFFER = 4 << 20;

    private static final int SMALLEST_BUFFER = 1 << 16;
    private static final int LARGEST_BUFFER = 1 << 28;
    private static final int MAX_WORKERS = 64;

    private final LeaseGrants ikeGrants = new LeaseGrants("the IKE ports");
    private final LeaseGrants espGrants = new LeaseGrants("the ESP port");
    private final int ikePort;
    private final int bufferOctets;
    private final SharedPort shared;
    private @Nullable UdpSocket plain;

    @Activate
    public KernelUdpPorts(UdpConfig config) {
        this(IKE_PORT, NAT_PORT, bufferOctets(config));
    }

    /** On the usual ports, with the usual buffers. */
    public KernelUdpPorts() {
        this(IKE_PORT, NAT_PORT);
    }

    KernelUdpPorts(int ikePort, int natPort) {
        this(ikePort, natPort, USUAL_BUFFER);
    }

    private KernelUdpPorts(int ikePort, int natPort, int bufferOctets) {
        this.ikePort = ikePort;
        this.bufferOctets = bufferOctets;
        this.shared = new SharedPort(natPort, bufferOctets);
    }

    /** Returns octets of each socket's buffers as configured, within what is sensible. */
    public static int bufferOctets(UdpConfig config) {
        return Math.clamp(config.buffer_octets(), SMALLEST_BUFFER, LARGEST_BUFFER);
    }

    /** Closes every socket. */
    @Deactivate
    public synchronized void close() {
        ikeGrants.revoke();
        espGrants.revoke();
        shared.close();
        if (plain != null) {
            plain.close();
            plain = null;
        }
    }

    @Override
    public Epoch nextEpoch() {
        Epoch ike = ikeGrants.next();
        Epoch esp = espGrants.next();
        return ike.compareTo(esp) > 0 ? ike : esp;
    }

    @Override
    public synchronized IkePortLease leaseIke(Epoch epoch, Runnable onRevoked) {
        UdpSocket first = plainSocket();
        shared.ikeSocket();
        LeaseState state = ikeGrants.grant(epoch, onRevoked);
        return new LeasedIkePorts(state, first, shared);
    }

    @Override
    public synchronized EspPortLease leaseEsp(Epoch epoch, int workers, Runnable onRevoked) {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("1 to " + MAX_WORKERS + " workers, not " + workers);
        }
        var endpoints = shared.workers(workers);
        LeaseState state = espGrants.grant(epoch, onRevoked);
        return new LeasedEspPorts(state, shared, endpoints);
    }

    private UdpSocket plainSocket() {
        UdpSocket socket = plain;
        if (socket == null) {
            socket = UdpSocket.open(ikePort, false, bufferOctets);
            plain = socket;
        }
        return socket;
    }
}
