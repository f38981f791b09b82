package org.sallyport.linux.socket;

import static org.sallyport.linux.ErrnoNames.EADDRNOTAVAIL;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.process.ProcessInspector;

/**
 * Asks the kernel's routing which source address it would choose, by connecting a UDP socket, which sends nothing.
 * Thread safe.
 */
public final class RouteLookup {
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final int SO_BINDTOIFINDEX = 62;
    private static final int NETWORK_NAMESPACE = 0x40000000;
    private static final int READ_ONLY = 0;
    /** Some port must be named; routing rules by port are rare, and the real port is used where it is known. */
    private static final int ANY_PORT = 9;

    private final long ownNamespace = ProcessInspector.ownNetworkNamespace();

    /**
     * Where a socket stands, as far as routing cares.
     *
     * @param pid a process in the network namespace that is meant
     * @param networkNamespace that namespace's inode
     * @param mark the socket's packet mark, 0 for none
     * @param interfaceIndex the interface it is bound to, 0 for none
     */
    public record Position(int pid, long networkNamespace, int mark, int interfaceIndex) {}

    /**
     * Returns the source address for a destination.
     *
     * @param destination the peer's address and port
     * @throws LinuxException ENETUNREACH, EHOSTUNREACH or EACCES when there is no way there; ESRCH when the process
     *     ended
     */
    public InetAddress sourceFor(InetSocketAddress destination, Position position) {
        return position.networkNamespace() == ownNamespace
                ? ask(destination, position)
                : inNamespace(position.pid(), () -> ask(destination, position));
    }

    private static InetAddress ask(InetSocketAddress destination, Position position) {
        boolean v4 = destination.getAddress() instanceof Inet4Address;
        int family = v4 ? RawAddress.FAMILY_INET : RawAddress.FAMILY_INET6;
        int created = SystemCalls.socket(family, SharedSocket.TYPE_DATAGRAM | CLOSE_ON_EXEC, 0);
        if (created < 0) {
            throw new LinuxException(v4 ? "IPv4 socket" : "IPv6 socket", -created);
        }
        try (SharedSocket probe = new SharedSocket(new Descriptor(created))) {
            option(created, SO_MARK, position.mark());
            option(created, SO_BINDTOIFINDEX, position.interfaceIndex());
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

    /** Runs on a thread that enters the namespace and ends there: a namespace belongs to a thread, not to a process. */
    private static InetAddress inNamespace(int pid, Supplier<InetAddress> question) {
        CompletableFuture<InetAddress> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("route-lookup").start(() -> {
            try {
                enterNamespace(pid);
                answer.complete(question.get());
            } catch (LinuxException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinuxException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private static void enterNamespace(int pid) {
        String path = "/proc/" + pid + "/ns/net";
        int opened = SystemCalls.open(path, READ_ONLY | CLOSE_ON_EXEC);
        if (opened < 0) {
            throw new LinuxException("open of " + path, -opened);
        }
        try (Descriptor namespace = new Descriptor(opened)) {
            int entered = SystemCalls.setns(namespace.number(), NETWORK_NAMESPACE);
            if (entered < 0) {
                throw new LinuxException("setns to " + path, -entered);
            }
        }
    }
}
