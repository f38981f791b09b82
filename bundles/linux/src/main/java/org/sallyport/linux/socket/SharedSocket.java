package org.sallyport.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.sallyport.linux.ErrnoNames.EINVAL;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalLong;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Scratch;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * A socket that belongs to another program too, through a duplicated descriptor: what is done here is seen there. The
 * socket lives until the last descriptor is closed, so close this one soon. Thread safety: as {@link Descriptor}.
 */
public final class SharedSocket implements AutoCloseable {
    public static final int TYPE_STREAM = 1;
    public static final int TYPE_DATAGRAM = 2;
    /** With a type: a socket whose calls do not wait. */
    public static final int NON_BLOCKING = 0x800;

    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;

    private static final int SOL_SOCKET = 1;
    private static final int SOL_IP = 0;
    private static final int IP_BIND_ADDRESS_NO_PORT = 24;
    private static final int SO_TYPE = 3;
    private static final int SO_MARK = 36;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int SO_COOKIE = 57;
    private static final int SO_BINDTOIFINDEX = 62;
    private static final int SO_NETNS_COOKIE = 71;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int ENOTCONN = 107;

    private final Descriptor descriptor;

    /** Takes over a descriptor. */
    public SharedSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Returns the address family (AF_*).
     *
     * @throws LinuxException ENOTSOCK when it is no socket
     */
    public int domain() {
        return intOption(SO_DOMAIN, "SO_DOMAIN");
    }

    /** Returns the type, such as {@link #TYPE_STREAM}. */
    public int type() {
        return intOption(SO_TYPE, "SO_TYPE");
    }

    /** Returns the protocol, such as {@link #PROTOCOL_TCP}. */
    public int protocol() {
        return intOption(SO_PROTOCOL, "SO_PROTOCOL");
    }

    /** Returns the packet mark that the program has set, 0 for none. */
    public int mark() {
        return intOption(SO_MARK, "SO_MARK");
    }

    /** Sets the packet mark; needs CAP_NET_ADMIN. */
    public void mark(int mark) {
        int done = SystemCalls.setsockopt(descriptor.number(), SOL_SOCKET, SO_MARK, mark);
        if (done < 0) {
            throw new LinuxException("SO_MARK", -done);
        }
    }

    /** Returns the index of the interface the socket is bound to, 0 for none. */
    public int boundInterface() {
        return intOption(SO_BINDTOIFINDEX, "SO_BINDTOIFINDEX");
    }

    /** Returns what the kernel calls this socket, unique until the next boot; the same in sock_diag. */
    public long cookie() {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment value = scratch.allocate(JAVA_LONG);
            option(SO_COOKIE, "SO_COOKIE", value, scratch);
            return value.get(JAVA_LONG, 0);
        }
    }

    /**
     * Returns what the kernel calls the socket's network namespace, unique until the next boot.
     *
     * @return empty before Linux 5.14
     */
    public OptionalLong networkNamespaceCookie() {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment value = scratch.allocate(JAVA_LONG);
            MemorySegment length = scratch.allocateFrom(JAVA_INT, Long.BYTES);
            int done = SystemCalls.getsockopt(descriptor.number(), SOL_SOCKET, SO_NETNS_COOKIE, value, length);
            return done < 0 ? OptionalLong.empty() : OptionalLong.of(value.get(JAVA_LONG, 0));
        }
    }

    /** Says whether calls on it return at once; a property of the open file, shared by every descriptor of it. */
    public boolean nonBlocking() {
        return (flags() & O_NONBLOCK) != 0;
    }

    /**
     * Returns the local address; the wildcard address and port 0 when it is bound to nothing.
     *
     * @return empty for a socket that is not of the internet families
     */
    public Optional<InetSocketAddress> localAddress() {
        return name("getsockname", SystemCalls::getsockname).flatMap(RawAddress::internet);
    }

    /** Returns the address it is connected to. */
    public Optional<InetSocketAddress> peerAddress() {
        return name("getpeername", SystemCalls::getpeername).flatMap(RawAddress::internet);
    }

    /**
     * Binds an unbound socket and has the kernel choose its port now when the port is 0, even if the program asked for
     * a later choice (IP_BIND_ADDRESS_NO_PORT).
     *
     * @return 0, or the errno
     */
    public int bind(InetSocketAddress address) {
        return bind(domain() == RawAddress.FAMILY_INET6 ? RawAddress.ofInet6(address) : RawAddress.of(address));
    }

    /**
     * Binds an unbound socket to every address and a port that the kernel chooses.
     *
     * @return 0, or the errno
     */
    public int bindAnywhere() {
        return bind(RawAddress.wildcard(domain()));
    }

    private int bind(RawAddress raw) {
        SystemCalls.setsockopt(descriptor.number(), SOL_IP, IP_BIND_ADDRESS_NO_PORT, 0);
        try (Scratch scratch = Scratch.open()) {
            return -SystemCalls.bind(descriptor.number(), raw.toSegment(scratch), raw.length());
        }
    }

    /** Makes a socket of this process, closed when it executes another program. */
    public static SharedSocket create(int domain, int type) {
        int created = SystemCalls.socket(domain, type | CLOSE_ON_EXEC, 0);
        if (created < 0) {
            throw new LinuxException("socket of family " + domain, -created);
        }
        return new SharedSocket(new Descriptor(created));
    }

    /** Returns the descriptor's number in this process. */
    public int number() {
        return descriptor.number();
    }

    /**
     * Connects as the program would: blocks when the socket does.
     *
     * @return 0, or the errno
     */
    public int connect(RawAddress address) {
        try (Scratch scratch = Scratch.open()) {
            return -SystemCalls.connect(descriptor.number(), address.toSegment(scratch), address.length());
        }
    }

    /** Has a datagram socket forget what it is connected to, and the local address and port that came of it. */
    public void disconnect() {
        try (Scratch scratch = Scratch.open()) {
            RawAddress nobody = RawAddress.of(new byte[RawAddress.MAXIMUM_LENGTH]);
            int done = SystemCalls.connect(descriptor.number(), nobody.toSegment(scratch), nobody.length());
            if (done < 0) {
                throw new LinuxException("disconnection of a socket", -done);
            }
        }
    }

    /**
     * Starts to connect and does not wait, whatever the socket's mode. The mode is changed for as long as the call takes,
     * and another thread of the program that uses the socket just then would see it.
     *
     * @return 0, EINPROGRESS, or another errno
     */
    public int startConnect(RawAddress address) {
        int flags = flags();
        if ((flags & O_NONBLOCK) != 0) {
            return connect(address);
        }
        flags(flags | O_NONBLOCK);
        try {
            return connect(address);
        } finally {
            flags(flags);
        }
    }

    /**
     * Sends one datagram.
     *
     * @return 0, or the errno
     */
    public int send(byte[] payload, RawAddress destination) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(Math.max(1, payload.length));
            MemorySegment.copy(payload, 0, data, JAVA_BYTE, 0, payload.length);
            long sent = SystemCalls.sendto(
                    descriptor.number(), data, payload.length, 0, destination.toSegment(arena), destination.length());
            return sent < 0 ? (int) -sent : 0;
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private int flags() {
        int flags = SystemCalls.fcntl(descriptor.number(), F_GETFL, 0);
        if (flags < 0) {
            throw new LinuxException("F_GETFL", -flags);
        }
        return flags;
    }

    private void flags(int flags) {
        int done = SystemCalls.fcntl(descriptor.number(), F_SETFL, flags);
        if (done < 0) {
            throw new LinuxException("F_SETFL", -done);
        }
    }

    private int intOption(int option, String name) {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment value = scratch.allocate(JAVA_INT);
            option(option, name, value, scratch);
            return value.get(JAVA_INT, 0);
        }
    }

    private void option(int option, String name, MemorySegment value, Scratch scratch) {
        MemorySegment length = scratch.allocateFrom(JAVA_INT, (int) value.byteSize());
        int done = SystemCalls.getsockopt(descriptor.number(), SOL_SOCKET, option, value, length);
        if (done < 0) {
            throw new LinuxException("getsockopt " + name, -done);
        }
    }

    private Optional<RawAddress> name(String call, NameCall kernel) {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment address = scratch.allocate(RawAddress.MAXIMUM_LENGTH, 8);
            MemorySegment length = scratch.allocateFrom(JAVA_INT, RawAddress.MAXIMUM_LENGTH);
            int done = kernel.name(descriptor.number(), address, length);
            if (done < 0) {
                if (done == -ENOTCONN) {
                    return Optional.empty();
                }
                throw new LinuxException(call, -done);
            }
            int octets = length.get(JAVA_INT, 0);
            if (octets < Short.BYTES || octets > RawAddress.MAXIMUM_LENGTH) {
                throw new LinuxException(call, EINVAL);
            }
            return Optional.of(RawAddress.of(address.asSlice(0, octets).toArray(JAVA_BYTE)));
        }
    }

    @FunctionalInterface
    private interface NameCall {
        int name(int socket, MemorySegment address, MemorySegment length);
    }
}
