package org.sallyport.linux.udp.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.udp.EspPortLease;

/** A worker's socket on a port of the loopback address, which the kernel chooses. */
public final class LoopbackPort implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final UdpSocket socket;

    private LoopbackPort(UdpSocket socket) {
        this.socket = socket;
    }

    /** Opens one. */
    public static LoopbackPort open() {
        return new LoopbackPort(
                UdpSocket.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), true, BUFFER));
    }

    /** Returns the socket through a lease; what is not ESP leads nowhere. */
    public EspPortLease lease(LeaseState state) {
        return new LeasedEspPorts(state, new SharedPort(0, BUFFER), List.of(new EspEndpoint(socket)));
    }

    /** Returns where the socket is. */
    public InetSocketAddress address() {
        return socket.address();
    }

    @Override
    public void close() {
        socket.close();
    }
}
