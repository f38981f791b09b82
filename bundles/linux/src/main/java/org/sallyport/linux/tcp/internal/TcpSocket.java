package org.sallyport.linux.tcp.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.udp.internal.SocketFamily;
import org.sallyport.linux.udp.internal.SocketOptions;

/**
 * A TCP socket of the appliance, marked, whose calls do not wait. What a listener is told, those that it accepts have as
 * well.
 *
 * @param descriptor of the socket
 * @param family how it is told addresses
 */
record TcpSocket(int descriptor, SocketFamily family) {
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_KEEPALIVE = 9;
    private static final int SOL_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int EAFNOSUPPORT = 97;
    private static final int BACKLOG = 64;
    /** Keeps the way through translators open (RFC 9329 section 6.7), and finds out when it is not. */
    private static final int KEEP_ALIVE_SECONDS = 20;

    private static final int UNHEARD_MILLIS = 20_000;

    private static TcpSocket create() {
        int dual = SystemCalls.socket(SocketFamily.DUAL.domain(), STREAM_NONBLOCK_CLOEXEC, 0);
        SocketFamily family = dual == -EAFNOSUPPORT ? SocketFamily.IPV4 : SocketFamily.DUAL;
        int descriptor = family == SocketFamily.DUAL
                ? dual
                : SystemCalls.socket(SocketFamily.IPV4.domain(), STREAM_NONBLOCK_CLOEXEC, 0);
        TcpSocket socket = new TcpSocket(Outcome.check("opening a TCP socket", descriptor), family);
        try {
            socket.configure();
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void configure() {
        SocketOptions options = new SocketOptions(descriptor);
        options.mark();
        if (family == SocketFamily.DUAL) {
            options.require("IPV6_V6ONLY", SOL_IPV6, IPV6_V6ONLY, 0);
        }
        // A batch of packets is written at once; what it ends with has nothing to wait for.
        options.require("TCP_NODELAY", SOL_TCP, TCP_NODELAY, 1);
        options.require("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1);
        options.require("TCP_KEEPIDLE", SOL_TCP, TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
        options.require("TCP_KEEPINTVL", SOL_TCP, TCP_KEEPINTVL, 5);
        options.require("TCP_KEEPCNT", SOL_TCP, TCP_KEEPCNT, 3);
        options.require("TCP_USER_TIMEOUT", SOL_TCP, TCP_USER_TIMEOUT, UNHEARD_MILLIS);
    }

    /** Opens a listener on every address of this host. */
    static TcpSocket listen(int port) {
        TcpSocket socket = create();
        try {
            new SocketOptions(socket.descriptor).require("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1);
            socket.bind(new InetSocketAddress(socket.anyAddress(), port));
            Outcome.check("listen", SystemCalls.listen(socket.descriptor, BACKLOG));
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Begins to connect.
     *
     * @param local the wildcard leaves it to routing
     */
    static TcpSocket connect(InetAddress local, InetSocketAddress remote) {
        TcpSocket socket = create();
        try (Arena arena = Arena.ofConfined()) {
            socket.bind(new InetSocketAddress(local.isAnyLocalAddress() ? socket.anyAddress() : local, 0));
            int result = SystemCalls.connect(
                    socket.descriptor, socket.family.name(arena, remote), socket.family.nameLength());
            if (result < 0 && result != -ErrnoNames.EINPROGRESS) {
                throw new LinuxException("connecting to " + remote + " by TCP", -result);
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void bind(InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            int result = SystemCalls.bind(descriptor, family.name(arena, address), family.nameLength());
            if (result < 0) {
                String why = result == -ErrnoNames.EADDRINUSE
                        ? "another program has it; stop that one first (see: ss -tlpn)"
                        : ErrnoNames.describe(-result);
                throw new LinuxException("binding TCP port " + address.getPort(), -result, why);
            }
        }
    }

    private InetAddress anyAddress() {
        return org.sallyport.api.flow.Addresses.of(new byte[family == SocketFamily.DUAL ? 16 : 4]);
    }

    /** Takes the next connection: its descriptor, or the negated errno. */
    int accept() {
        return SystemCalls.accept(descriptor, NONBLOCK_CLOEXEC);
    }

    /** Returns which addresses a connection has, or is about to have. */
    StreamEnds ends(InetSocketAddress remote) {
        return new StreamEnds(local(), remote);
    }

    /** Returns which addresses an accepted connection has; fails when the peer has gone already. */
    StreamEnds ends() {
        return new StreamEnds(local(), address("getpeername", SystemCalls::getpeername));
    }

    private InetSocketAddress local() {
        return address("getsockname", SystemCalls::getsockname);
    }

    @FunctionalInterface
    private interface NameCall {
        int name(int socket, MemorySegment address, MemorySegment length);
    }

    private InetSocketAddress address(String call, NameCall kernel) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(family.nameLength(), 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, family.nameLength());
            Outcome.check(call, kernel.name(descriptor, name, length));
            return family.address(name.address());
        }
    }

    /** Returns what became of connecting: 0, or an errno. */
    static int outcome(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            int result = SystemCalls.getsockopt(descriptor, SOL_SOCKET, SO_ERROR, value, length);
            return result < 0 ? -result : value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    void close() {
        SystemCalls.close(descriptor);
    }
}
