package org.sallyport.linux.socket;

import static org.sallyport.linux.ErrnoNames.EADDRNOTAVAIL;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * Asks the routing of this network namespace which source address it would choose, by connecting a UDP socket, which sends nothing.
 * Thread safe.
 */
public final class RouteLookup {
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final int SO_BINDTOIFINDEX = 62;
    /** Some port must be named; routing rules by port are rare, and the real port is used where it is known. */
    private static final int ANY_PORT = 9;

    private RouteLookup() {}

    /**
     * Returns the source address for a destination.
     *
     * @param destination the peer's address and port
     * @param mark the socket's packet mark, 0 for none
     * @param interfaceIndex the interface it is bound to, 0 for none
     * @throws LinuxException ENETUNREACH, EHOSTUNREACH or EACCES when there is no way there
     */
    public static InetAddress sourceFor(InetSocketAddress destination, int mark, int interfaceIndex) {
        boolean v4 = destination.getAddress() instanceof Inet4Address;
        int family = v4 ? RawAddress.FAMILY_INET : RawAddress.FAMILY_INET6;
        int created = SystemCalls.socket(family, SharedSocket.TYPE_DATAGRAM | CLOSE_ON_EXEC, 0);
        if (created < 0) {
            throw new LinuxException(v4 ? "IPv4 socket" : "IPv6 socket", -created);
        }
        try (SharedSocket probe = new SharedSocket(new Descriptor(created))) {
            option(created, SO_MARK, mark);
            option(created, SO_BINDTOIFINDEX, interfaceIndex);
            InetSocketAddress target = destination.getPort() == 0
                    ? new InetSocketAddress(destination.getAddress(), ANY_PORT)
                    : destination;
            int errno = probe.connect(RawAddress.of(target));
            if (errno != 0) {
                throw new LinuxException("route to " + destination.getAddress().getHostAddress(), errno);
            }
            return probe.localAddress()
                    .map(InetSocketAddress::getAddress)
                    .orElseThrow(() -> new LinuxException("route lookup", EADDRNOTAVAIL));
        }
    }

    private static void option(int socket, int option, int value) {
        if (value != 0) {
            int done = SystemCalls.setsockopt(socket, SOL_SOCKET, option, value);
            if (done < 0) {
                throw new LinuxException("route lookup", -done);
            }
        }
    }
}
