package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EAGAIN;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.ErrnoNames.ENOBUFS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.internal.Wakeup;
import org.sallyport.linux.process.Descriptor;

/**
 * Tells when a TCP or UDP socket of this network namespace is gone, that is when the last reference to it is. One thread receives, on a platform thread; any thread may stop it.
 */
public final class SocketDestroyEvents implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int ADD_MEMBERSHIP = 1;
    private static final List<Integer> GROUPS = List.of(1, 2, 3, 4);
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int POLL_ENTRY_BYTES = 8;
    private static final short POLL_IN = 1;
    private static final int DONT_WAIT = 0x40;

    private final Descriptor descriptor;
    private final Wakeup wakeup = new Wakeup();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);

    /** What the kernel told. */
    public sealed interface Event {
        /** These sockets are gone, named by their cookies. */
        record Destroyed(List<Long> cookies) implements Event {}

        /** Events were lost: whoever counts sockets compares with a {@link SocketDump}. */
        record Overrun() implements Event {}

        /** {@link #stop} was called. */
        record Stopped() implements Event {}
    }

    private SocketDestroyEvents(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Subscribes.
     *
     * @throws MissingFeatureException when the kernel has no sock_diag events
     */
    public static SocketDestroyEvents open() {
        Descriptor socket = SockDiag.open();
        // Bound first: to a socket without a port id the groups deliver nothing, silently.
        int done = SockDiag.bind(socket);
        SystemCalls.setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
        for (int group : GROUPS) {
            done = done < 0 ? done : SystemCalls.setsockopt(socket.number(), SOL_NETLINK, ADD_MEMBERSHIP, group);
        }
        if (done < 0) {
            socket.close();
            throw new MissingFeatureException(
                    "sock_diag events",
                    "an SA is not known to be unused when its last socket closes",
                    "Linux 4.5 or later with CONFIG_INET_DIAG and CONFIG_INET_UDP_DIAG, and CAP_NET_ADMIN, bring them",
                    -done);
        }
        return new SocketDestroyEvents(socket);
    }

    /**
     * Waits for the next event.
     *
     * @throws LinuxException when the netlink socket is broken
     */
    public Event next() {
        try (Arena call = Arena.ofConfined()) {
            return next(call.allocate(2L * POLL_ENTRY_BYTES, 8));
        }
    }

    private Event next(MemorySegment entries) {
        entries.set(JAVA_INT, 0, descriptor.number());
        entries.set(JAVA_SHORT, 4, POLL_IN);
        entries.set(JAVA_INT, POLL_ENTRY_BYTES, wakeup.descriptor());
        entries.set(JAVA_SHORT, POLL_ENTRY_BYTES + 4, POLL_IN);
        while (true) {
            int ready = SystemCalls.poll(entries, 2, -1);
            if (ready < 0 && ready != -EINTR) {
                throw new LinuxException("poll of sock_diag", -ready);
            }
            if (entries.get(JAVA_SHORT, POLL_ENTRY_BYTES + 6) != 0) {
                return new Event.Stopped();
            }
            long read = SystemCalls.recv(descriptor.number(), buffer, BUFFER_BYTES, DONT_WAIT);
            if (read == -ENOBUFS) {
                return new Event.Overrun();
            }
            if (read < 0 && read != -EAGAIN && read != -EINTR) {
                throw new LinuxException("receive from sock_diag", (int) -read);
            }
            if (read > 0) {
                List<Long> cookies = new ArrayList<>();
                SockDiag.forEachSocket(buffer, read, cookies::add);
                if (!cookies.isEmpty()) {
                    return new Event.Destroyed(List.copyOf(cookies));
                }
            }
        }
    }

    /** Makes {@link #next} return, now or when it is called next. */
    public void stop() {
        wakeup.signal();
    }

    /** Closes it; for the receiving thread after it has stopped receiving. */
    @Override
    public void close() {
        descriptor.close();
        wakeup.close();
        arena.close();
    }
}
