package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.sockdiag.SocketRequest.INET;
import static org.sallyport.linux.sockdiag.SocketRequest.INET6;
import static org.sallyport.linux.sockdiag.SocketRequest.TCP;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/** Lists the established TCP connections of the calling thread's network namespace. Thread safe. */
public final class SocketList {
    private static final int ESTABLISHED = 1;
    private static final int BUFFER_BYTES = 64 << 10;

    /** struct inet_diag_msg after the netlink header; linux/inet_diag.h. */
    private static final int STATE = SockDiag.HEADER_BYTES + 1;

    private static final int LOCAL_PORT = SockDiag.HEADER_BYTES + 4;
    private static final int REMOTE_PORT = SockDiag.HEADER_BYTES + 6;
    private static final int LOCAL_ADDRESS = SockDiag.HEADER_BYTES + 8;
    private static final int REMOTE_ADDRESS = SockDiag.HEADER_BYTES + 24;
    private static final int COOKIE = SockDiag.HEADER_BYTES + 44;
    private static final int USER_ID = SockDiag.HEADER_BYTES + 64;
    private static final int MESSAGE_BYTES = SockDiag.HEADER_BYTES + 72;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketList() {}

    /**
     * Returns every established TCP connection, of IPv4 and of IPv6.
     *
     * @throws LinuxException when the kernel refuses
     */
    public static List<EstablishedSocket> established() {
        List<EstablishedSocket> sockets = new ArrayList<>();
        try (Descriptor socket = SockDiag.open();
                Arena arena = Arena.ofConfined()) {
            SockDiag.bind(socket);
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            SocketRequest request = new SocketRequest(arena);
            for (int family : new int[] {INET, INET6}) {
                request.dump(family, TCP, 1 << ESTABLISHED).send(socket);
                collect(socket, buffer, sockets);
            }
        }
        return List.copyOf(sockets);
    }

    private static void collect(Descriptor socket, MemorySegment buffer, List<EstablishedSocket> sockets) {
        boolean more = true;
        while (more) {
            long read = SystemCalls.recv(socket.number(), buffer, BUFFER_BYTES, 0);
            if (read < 0 && read != -EINTR) {
                throw new LinuxException("sock_diag dump", (int) -read);
            }
            more = read < 0 || collect(buffer, read, sockets);
        }
    }

    /** Returns whether more is to come. */
    private static boolean collect(MemorySegment buffer, long length, List<EstablishedSocket> sockets) {
        long offset = 0;
        while (offset + SockDiag.HEADER_BYTES <= length) {
            int size = buffer.get(JAVA_INT, offset);
            if (size < SockDiag.HEADER_BYTES || offset + size > length) {
                break;
            }
            MemorySegment message = buffer.asSlice(offset, size);
            switch (Short.toUnsignedInt(message.get(JAVA_SHORT, 4))) {
                case SockDiag.TYPE_DONE -> {
                    return false;
                }
                case SockDiag.TYPE_ERROR ->
                    throw new LinuxException("sock_diag dump", -message.get(JAVA_INT, SockDiag.HEADER_BYTES));
                case SockDiag.TYPE_BY_FAMILY -> socket(message).ifPresent(sockets::add);
                default -> {}
            }
            offset += size + 3 & ~3;
        }
        return true;
    }

    private static Optional<EstablishedSocket> socket(MemorySegment message) {
        if (message.byteSize() < MESSAGE_BYTES || message.get(JAVA_BYTE, STATE) != ESTABLISHED) {
            return Optional.empty();
        }
        boolean ipv4 = message.get(JAVA_BYTE, SockDiag.HEADER_BYTES) == INET;
        return Optional.of(new EstablishedSocket(
                address(message, LOCAL_ADDRESS, ipv4),
                Short.toUnsignedInt(message.get(NETWORK_SHORT, LOCAL_PORT)),
                address(message, REMOTE_ADDRESS, ipv4),
                Short.toUnsignedInt(message.get(NETWORK_SHORT, REMOTE_PORT)),
                message.get(JAVA_INT, USER_ID),
                Integer.toUnsignedLong(message.get(JAVA_INT, COOKIE))
                        | (long) message.get(JAVA_INT, COOKIE + Integer.BYTES) << Integer.SIZE));
    }

    private static InetAddress address(MemorySegment message, int offset, boolean ipv4) {
        byte[] octets = message.asSlice(offset, ipv4 ? 4 : 16).toArray(JAVA_BYTE);
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }
}
