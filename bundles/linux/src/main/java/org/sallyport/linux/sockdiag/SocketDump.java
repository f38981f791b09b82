package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EINTR;

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
    private static final int FAMILY_NETLINK = 16;
    private static final int INET = 2;
    private static final int INET6 = 10;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TIME_WAIT_STATE = 1 << 6;
    private static final short REQUEST_DUMP = 0x301;
    private static final int REQUEST_BYTES = SockDiag.HEADER_BYTES + 56;
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
            for (Table table : TABLES) {
                request(socket, table);
                collect(socket, buffer, cookies);
            }
        }
        return cookies;
    }

    private static void request(Descriptor socket, Table table) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kernel = arena.allocate(12, 4);
            kernel.set(JAVA_SHORT, 0, (short) FAMILY_NETLINK);
            MemorySegment request = arena.allocate(REQUEST_BYTES, 8);
            request.set(JAVA_INT, 0, REQUEST_BYTES);
            request.set(JAVA_SHORT, 4, (short) SockDiag.TYPE_BY_FAMILY);
            request.set(JAVA_SHORT, 6, REQUEST_DUMP);
            request.set(JAVA_BYTE, SockDiag.HEADER_BYTES, (byte) table.family());
            request.set(JAVA_BYTE, SockDiag.HEADER_BYTES + 1, (byte) table.protocol());
            request.set(JAVA_INT, SockDiag.HEADER_BYTES + 4, ~TIME_WAIT_STATE);
            long sent = SystemCalls.sendto(socket.number(), request, REQUEST_BYTES, 0, kernel, 12);
            if (sent < 0) {
                throw new LinuxException("sock_diag dump", (int) -sent);
            }
        }
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
