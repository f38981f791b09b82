package org.sallyport.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.ENOENT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/** One end of a connected Unix stream socket. One thread at a time; its calls block, so use a platform thread. */
public final class UnixConnection implements AutoCloseable {
    static final int FAMILY_UNIX = 1;
    static final int STREAM_CLOSE_ON_EXEC = 1 | 0x80000;
    private static final int PATH_OFFSET = 2;
    /** {@code sizeof(sun_path)} without the terminating zero. */
    private static final int MAXIMUM_PATH = 107;

    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int NO_SIGNAL = 0x4000;

    private final Descriptor descriptor;

    UnixConnection(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Connects to a listening socket.
     *
     * @throws LinuxException ENOENT when there is no such socket, ECONNREFUSED when nobody listens
     */
    public static UnixConnection connect(Path path) {
        Descriptor socket = newSocket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(path, arena);
            int connected = SystemCalls.connect(socket.number(), address, (int) address.byteSize());
            if (connected < 0) {
                socket.close();
                throw new LinuxException("connect to " + path, -connected);
            }
            return new UnixConnection(socket);
        }
    }

    /** Returns who is at the other end. */
    public PeerCredentials peer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(12, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 12);
            int done = SystemCalls.getsockopt(descriptor.number(), SOL_SOCKET, SO_PEERCRED, credentials, length);
            if (done < 0) {
                throw new LinuxException("SO_PEERCRED", -done);
            }
            return new PeerCredentials(
                    credentials.get(JAVA_INT, 0),
                    Integer.toUnsignedLong(credentials.get(JAVA_INT, 4)),
                    Integer.toUnsignedLong(credentials.get(JAVA_INT, 8)));
        }
    }

    /** Bounds how long a read or write may block; it fails with EAGAIN then. */
    public void timeout(Duration limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(16, 8);
            value.set(JAVA_LONG, 0, limit.toSeconds());
            value.set(JAVA_LONG, 8, limit.toNanosPart() / 1000);
            SystemCalls.setsockopt(descriptor.number(), SOL_SOCKET, SO_RCVTIMEO, value, 16);
            SystemCalls.setsockopt(descriptor.number(), SOL_SOCKET, SO_SNDTIMEO, value, 16);
        }
    }

    /**
     * Reads what is there, at least one octet.
     *
     * @param limit the most to read, in octets
     * @return nothing at the end of the stream
     * @throws LinuxException EAGAIN when the timeout passed
     */
    public byte[] read(int limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(limit);
            long read = SystemCalls.recv(descriptor.number(), buffer, limit, 0);
            if (read < 0) {
                throw new LinuxException("read of a Unix socket", (int) -read);
            }
            return buffer.asSlice(0, read).toArray(JAVA_BYTE);
        }
    }

    /**
     * Reads what is there, at least one octet, and the descriptors that came with it.
     *
     * @param limit the most to read, in octets
     * @param maximumDescriptors how many may come
     * @throws LinuxException EAGAIN when the timeout passed, E2BIG when more descriptors came
     */
    public ReceivedMessage receive(int limit, int maximumDescriptors) {
        return ReceivedMessage.from(descriptor.number(), limit, maximumDescriptors);
    }

    /** Writes all octets. */
    public void write(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, data, JAVA_BYTE, 0, bytes.length);
            long sent = 0;
            while (sent < bytes.length) {
                long count = SystemCalls.sendto(
                        descriptor.number(), data.asSlice(sent), bytes.length - sent, NO_SIGNAL, MemorySegment.NULL, 0);
                if (count < 0) {
                    throw new LinuxException("write to a Unix socket", (int) -count);
                }
                sent += count;
            }
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    static Descriptor newSocket() {
        int created = SystemCalls.socket(FAMILY_UNIX, STREAM_CLOSE_ON_EXEC, 0);
        if (created < 0) {
            throw new LinuxException("Unix socket", -created);
        }
        return new Descriptor(created);
    }

    static MemorySegment address(Path path, Arena arena) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > MAXIMUM_PATH) {
            throw new LinuxException(
                    "Unix socket " + path, ENOENT, "its path may have " + MAXIMUM_PATH + " octets at most");
        }
        MemorySegment address = arena.allocate(PATH_OFFSET + name.length + 1L, 2);
        address.set(JAVA_SHORT, 0, (short) FAMILY_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, PATH_OFFSET, name.length);
        return address;
    }
}
