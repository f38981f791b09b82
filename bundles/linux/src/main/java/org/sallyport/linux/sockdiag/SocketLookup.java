package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.ErrnoNames.ENOENT;
import static org.sallyport.linux.sockdiag.SocketRequest.TCP;
import static org.sallyport.linux.sockdiag.SocketRequest.UDP;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * Asks the kernel which socket of this network namespace a flow belongs to, by addresses and ports: sock_diag(7) without
 * NLM_F_DUMP. Thread safe; one question at a time.
 */
public final class SocketLookup implements AutoCloseable {
    private static final int BUFFER_BYTES = 8 << 10;
    private static final int STATE_SYN_RECEIVED = 3;
    /** FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, LAST_ACK and CLOSING: what the kernel ends without a program. */
    private static final Set<Integer> CLOSING = Set.of(4, 5, 6, 7, 9, 11);

    private static final int STATE_LISTEN = 10;
    private static final int STATE_NEW_SYN_RECEIVED = 12;

    private final Descriptor socket;
    private final Arena arena = Arena.ofShared();
    private final SocketRequest request = new SocketRequest(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private int sequence;

    private SocketLookup(Descriptor socket) {
        this.socket = socket;
    }

    /**
     * Opens the way to the kernel.
     *
     * @throws MissingFeatureException when the kernel has no sock_diag
     */
    public static SocketLookup open() {
        Descriptor socket = SockDiag.open();
        SockDiag.bind(socket);
        return new SocketLookup(socket);
    }

    /**
     * Finds the socket that sends and receives a flow's packets. A connection that no program has any more and that the
     * kernel brings to its end is none.
     *
     * @param protocol TCP (6) or UDP (17); for any other nothing is found
     * @throws LinuxException when the kernel refuses to answer
     */
    public synchronized Optional<FoundSocket> find(int protocol, InetSocketAddress local, InetSocketAddress remote) {
        if (protocol != TCP && protocol != UDP) {
            return Optional.empty();
        }
        return ask(protocol, local, remote).filter(answer -> !answer.closing).map(Answer::socket);
    }

    /**
     * Finds the cookie of a TCP connection that no program has any more and that the kernel brings to its end, be it only by
     * TIME_WAIT; it is the one that its socket had.
     *
     * @throws LinuxException when the kernel refuses to answer
     */
    public synchronized Optional<Long> closing(InetSocketAddress local, InetSocketAddress remote) {
        return ask(TCP, local, remote).filter(Answer::closing).map(answer -> answer.socket.cookie());
    }

    private Optional<Answer> ask(int protocol, InetSocketAddress local, InetSocketAddress remote) {
        // For a connection the question names it as its socket does, for datagrams as a packet that arrives does.
        boolean asPacket = protocol == UDP;
        request.lookup(protocol, asPacket ? remote : local, asPacket ? local : remote, ++sequence)
                .send(socket);
        return answer(protocol).filter(found -> found.localPort == local.getPort());
    }

    /**
     * Finds the socket that waits for TCP connections to an address.
     *
     * @throws LinuxException when the kernel refuses to answer
     */
    public synchronized Optional<FoundSocket> listener(InetSocketAddress local) {
        // No connection has port 0, so that what listens is left.
        InetSocketAddress nobody = new InetSocketAddress(local.getAddress(), 0);
        return ask(TCP, local, nobody).map(Answer::socket);
    }

    private record Answer(FoundSocket socket, int localPort, boolean closing) {}

    private Optional<Answer> answer(int protocol) {
        while (true) {
            long read = SystemCalls.recv(socket.number(), buffer, BUFFER_BYTES, 0);
            if (read == -EINTR) {
                continue;
            }
            if (read < 0) {
                throw new LinuxException("sock_diag lookup", (int) -read);
            }
            if (read < SockDiag.HEADER_BYTES + 4 || buffer.get(JAVA_INT, 8) != sequence) {
                continue;
            }
            int type = Short.toUnsignedInt(buffer.get(JAVA_SHORT, 4));
            if (type == SockDiag.TYPE_BY_FAMILY) {
                return read(protocol);
            }
            int errno = -buffer.get(JAVA_INT, SockDiag.HEADER_BYTES);
            if (errno == ENOENT) {
                return Optional.empty();
            }
            throw new LinuxException("sock_diag lookup", errno);
        }
    }

    private Optional<Answer> read(int protocol) {
        int at = SockDiag.HEADER_BYTES;
        int state = buffer.get(JAVA_BYTE, at + 1);
        int localPort = Short.toUnsignedInt(Short.reverseBytes(buffer.get(JAVA_SHORT, at + 4)));
        int remotePort = Short.toUnsignedInt(Short.reverseBytes(buffer.get(JAVA_SHORT, at + 6)));
        int inode = buffer.get(JAVA_INT, at + 68);
        boolean closing = protocol == TCP && inode == 0 && CLOSING.contains(state);
        boolean passing = protocol == TCP
                && (state == STATE_LISTEN || state == STATE_SYN_RECEIVED || state == STATE_NEW_SYN_RECEIVED);
        boolean connected = remotePort != 0 && state != STATE_LISTEN;
        int user = buffer.get(JAVA_INT, at + 64);
        return Optional.of(new Answer(
                new FoundSocket(SockDiag.cookie(buffer, 0), user, inode, connected, !passing), localPort, closing));
    }

    @Override
    public synchronized void close() {
        socket.close();
        arena.close();
    }
}
