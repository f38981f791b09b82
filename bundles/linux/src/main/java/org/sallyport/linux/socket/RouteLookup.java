package org.sallyport.linux.socket;

import static org.sallyport.linux.ErrnoNames.EADDRNOTAVAIL;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Asks the routing of this network namespace which source address it would choose, by connecting a UDP socket, which sends
 * nothing. The socket is used again: the kernel tells everybody who listens of each one that is closed. Thread safe.
 */
public final class RouteLookup implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final int SO_BINDTOIFINDEX = 62;
    /** Some port must be named; routing rules by port are rare, and the real port is used where it is known. */
    private static final int ANY_PORT = 9;

    private final Queue<SharedSocket> idleV4 = new ConcurrentLinkedQueue<>();
    private final Queue<SharedSocket> idleV6 = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /**
     * Returns the source address for a destination.
     *
     * @param destination the peer's address and port
     * @param mark the socket's packet mark, 0 for none
     * @param interfaceIndex the interface it is bound to, 0 for none
     * @throws LinuxException ENETUNREACH, EHOSTUNREACH or EACCES when there is no way there
     */
    public InetAddress sourceFor(InetSocketAddress destination, int mark, int interfaceIndex) {
        boolean v4 = destination.getAddress() instanceof Inet4Address;
        int family = v4 ? RawAddress.FAMILY_INET : RawAddress.FAMILY_INET6;
        if (mark != 0 || interfaceIndex != 0) {
            try (SharedSocket probe = SharedSocket.create(family, SharedSocket.TYPE_DATAGRAM)) {
                option(probe, SO_MARK, mark);
                option(probe, SO_BINDTOIFINDEX, interfaceIndex);
                return ask(probe, destination);
            }
        }
        Queue<SharedSocket> idle = v4 ? idleV4 : idleV6;
        SharedSocket known = idle.poll();
        SharedSocket probe = known == null ? SharedSocket.create(family, SharedSocket.TYPE_DATAGRAM) : known;
        try {
            return ask(probe, destination);
        } finally {
            // Otherwise the kernel would stay with the source address that it has chosen now.
            probe.disconnect();
            idle.add(probe);
            if (closed) {
                close();
            }
        }
    }

    private static InetAddress ask(SharedSocket probe, InetSocketAddress destination) {
        InetSocketAddress target =
                destination.getPort() == 0 ? new InetSocketAddress(destination.getAddress(), ANY_PORT) : destination;
        int errno = probe.connect(RawAddress.of(target));
        if (errno != 0) {
            throw new LinuxException("route to " + destination.getAddress().getHostAddress(), errno);
        }
        return probe.localAddress()
                .map(InetSocketAddress::getAddress)
                .orElseThrow(() -> new LinuxException("route lookup", EADDRNOTAVAIL));
    }

    private static void option(SharedSocket socket, int option, int value) {
        if (value != 0) {
            int done = SystemCalls.setsockopt(socket.number(), SOL_SOCKET, option, value);
            if (done < 0) {
                throw new LinuxException("route lookup", -done);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Queue<SharedSocket> idle : List.of(idleV4, idleV6)) {
            for (SharedSocket probe = idle.poll(); probe != null; probe = idle.poll()) {
                probe.close();
            }
        }
    }
}
