package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.EINVAL;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.ProcessInspector;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.RouteLookup;
import org.sallyport.linux.socket.SharedSocket;

/**
 * Makes a socket's request an exact flow: an unbound socket is bound first, so that the port is known, and the source
 * address is the one that the route will give. Thread safe.
 */
final class FlowResolver implements AutoCloseable {
    private static final int PROTOCOL_MULTIPATH_TCP = 262;
    private static final long OWN_NAMESPACE = 0;

    private final RouteLookup routes = new RouteLookup();
    private final OptionalLong ownNamespaceCookie = ownNamespaceCookie();
    private final long ownNamespaceInode = ProcessInspector.ownNetworkNamespace();

    /** Returns the protocol of the flows that a socket makes; empty for sockets that are not judged here. */
    static OptionalInt protocol(SharedSocket socket) {
        int domain = socket.domain();
        if (domain != RawAddress.FAMILY_INET && domain != RawAddress.FAMILY_INET6) {
            return OptionalInt.empty();
        }
        return switch (socket.protocol()) {
            case IpProtocol.TCP, PROTOCOL_MULTIPATH_TCP -> OptionalInt.of(IpProtocol.TCP);
            case IpProtocol.UDP -> OptionalInt.of(IpProtocol.UDP);
            case IpProtocol.UDP_LITE -> OptionalInt.of(IpProtocol.UDP_LITE);
            default -> OptionalInt.empty();
        };
    }

    /**
     * Returns the flow that a socket would use towards a destination, and binds the socket if it is not.
     *
     * @param tid the caller
     * @return empty when socket and destination do not go together: the kernel will say so itself; and for a socket of
     *     another network namespace, whose packets are judged where they enter this one, by the addresses that they have
     *     then
     * @throws LinuxException when there is no route, or no port is left
     */
    Optional<Flow> flow(SharedSocket socket, int protocol, InetSocketAddress destination, int tid) {
        if (!isOfOwnNamespace(socket, tid)) {
            return Optional.empty();
        }
        InetSocketAddress remote = actual(destination);
        InetSocketAddress local = socket.localAddress().orElseThrow();
        InetAddress source = local.getAddress();
        if (source.isAnyLocalAddress()) {
            source = routes.sourceFor(remote, socket.mark(), socket.boundInterface());
        } else if (Addresses.isIpv4(source) != Addresses.isIpv4(remote.getAddress())) {
            return Optional.empty();
        }
        int port = local.getPort() == 0 ? bind(socket, protocol, local, source) : local.getPort();
        return Optional.of(new Flow(OWN_NAMESPACE, protocol, source, port, remote.getAddress(), remote.getPort()));
    }

    private static int bind(SharedSocket socket, int protocol, InetSocketAddress local, InetAddress source) {
        boolean anywhere = protocol != IpProtocol.TCP && local.getAddress().isAnyLocalAddress();
        int errno = anywhere ? socket.bindAnywhere() : socket.bind(new InetSocketAddress(source, 0));
        int port = socket.localAddress().map(InetSocketAddress::getPort).orElse(0);
        // EINVAL: another thread of the program has bound it just now, and its port is as good.
        if (port == 0) {
            throw new LinuxException(
                    "bind of a program's socket to " + source.getHostAddress(), errno == 0 ? EINVAL : errno);
        }
        return port;
    }

    /** To connect to the wildcard address is to connect to this host. */
    private static InetSocketAddress actual(InetSocketAddress destination) {
        InetAddress address = destination.getAddress();
        if (!address.isAnyLocalAddress()) {
            return destination;
        }
        String loopback = address instanceof Inet4Address ? "127.0.0.1" : "::1";
        return new InetSocketAddress(Addresses.parse(loopback), destination.getPort());
    }

    /** A socket stays in the namespace in which it was made; only older kernels leave nothing but the caller's to ask. */
    private boolean isOfOwnNamespace(SharedSocket socket, int tid) {
        OptionalLong cookie = socket.networkNamespaceCookie();
        return cookie.isPresent()
                ? cookie.equals(ownNamespaceCookie)
                : ProcessInspector.networkNamespace(tid) == ownNamespaceInode;
    }

    private static OptionalLong ownNamespaceCookie() {
        try (SharedSocket own = SharedSocket.create(RawAddress.FAMILY_INET, SharedSocket.TYPE_DATAGRAM)) {
            return own.networkNamespaceCookie();
        }
    }

    @Override
    public void close() {
        routes.close();
    }
}
