package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.sockdiag.SocketRequest.INET;
import static org.sallyport.linux.sockdiag.SocketRequest.INET6;
import static org.sallyport.linux.sockdiag.SocketRequest.TCP;
import static org.sallyport.linux.sockdiag.SocketRequest.UDP;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * Lists the TCP and UDP sockets of this network namespace that have a local port. A TCP socket that failed to connect,
 * or was not bound yet, has none and is absent. Thread safe.
 */
public final class SocketDump {
    private static final int TIME_WAIT_STATE = 1 << 6;
    private static final int BUFFER_BYTES = 64 << 10;

    private record Table(int family, int protocol) {}

    private static final List<Table> TABLES =
            List.of(new Table(INET, TCP), new Table(INET6, TCP), new Table(INET, UDP), new Table(INET6, UDP));

    private SocketDump() {}

    /**
     * Returns the cookies of all sockets, those in TIME_WAIT left out: they belong to no program any more.
     *
     * @throws LinuxException when the kernel refuses
     */
    public static Set<Long> cookies() {
        Set<Long> cookies = new HashSet<>();
        try (Descriptor socket = SockDiag.open();
                Arena arena = Arena.ofConfined()) {
            SockDiag.bind(socket);
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            SocketRequest request = new SocketRequest(arena);
            for (Table table : TABLES) {
                request.dump(table.family(), table.protocol(), ~TIME_WAIT_STATE).send(socket);
                collect(socket, buffer, cookies);
            }
        }
        return cookies;
    }

    private static void collect(Descriptor socket, MemorySegment buffer, Set<Long> cookies) {
        int end = 0;
        while (end == 0) {
            long read = SystemCalls.recv(socket.number(), buffer, BUFFER_BYTES, 0);
            if (read < 0 && read != -EINTR) {
                throw new LinuxException("sock_diag dump", (int) -read);
            }
            end = read < 0 ? 0 : SockDiag.forEachSocket(buffer, read, cookies::add);
        }
        if (end == SockDiag.TYPE_ERROR) {
            int errno = -buffer.get(JAVA_INT, SockDiag.HEADER_BYTES);
            throw new LinuxException("sock_diag dump", errno);
        }
    }
}
