package org.sallyport.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EADDRINUSE;
import static org.sallyport.linux.ErrnoNames.EAGAIN;
import static org.sallyport.linux.ErrnoNames.EINTR;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.internal.Wakeup;
import org.sallyport.linux.process.Descriptor;

/** A listening Unix stream socket. One thread accepts; any thread may stop it. */
public final class UnixListener implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int POLL_ENTRY_BYTES = 8;
    private static final short POLL_IN = 1;
    private static final int ECONNABORTED = 103;
    /** The connection went away before it was taken; the next one may be fine. */
    private static final Set<Integer> TRANSIENT = Set.of(EINTR, EAGAIN, ECONNABORTED);

    private final Path path;
    private final Descriptor descriptor;
    private final Wakeup wakeup = new Wakeup();

    private UnixListener(Path path, Descriptor descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * Binds and listens; a socket file that a dead process left there is replaced.
     *
     * @param path where; its directory exists
     * @param permissions who may connect, as {@code rw-rw-rw-}
     * @throws LinuxException EADDRINUSE when somebody listens there already, or something else has that name
     */
    public static UnixListener listen(Path path, String permissions) {
        removeAbandoned(path);
        Descriptor socket = UnixConnection.newSocket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = UnixConnection.address(path, arena);
            check(SystemCalls.bind(socket.number(), address, (int) address.byteSize()), "bind of " + path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            check(SystemCalls.listen(socket.number(), BACKLOG), "listen on " + path);
            return new UnixListener(path, socket);
        } catch (IOException e) {
            socket.close();
            throw new UncheckedIOException("permissions of " + path, e);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    /** Waits for the next connection; empty once {@link #stop} was called. */
    public Optional<UnixConnection> accept() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(2L * POLL_ENTRY_BYTES, 8);
            entries.set(JAVA_INT, 0, descriptor.number());
            entries.set(JAVA_SHORT, 4, POLL_IN);
            entries.set(JAVA_INT, POLL_ENTRY_BYTES, wakeup.descriptor());
            entries.set(JAVA_SHORT, POLL_ENTRY_BYTES + 4, POLL_IN);
            while (true) {
                int ready = SystemCalls.poll(entries, 2, -1);
                if (ready < 0 && ready != -EINTR) {
                    throw new LinuxException("poll of " + path, -ready);
                }
                if (ready > 0 && entries.get(JAVA_SHORT, POLL_ENTRY_BYTES + 6) != 0) {
                    return Optional.empty();
                }
                if (ready > 0) {
                    int accepted = SystemCalls.accept(descriptor.number(), CLOSE_ON_EXEC);
                    if (accepted >= 0) {
                        return Optional.of(new UnixConnection(new Descriptor(accepted)));
                    }
                    if (!TRANSIENT.contains(-accepted)) {
                        throw new LinuxException("accept on " + path, -accepted);
                    }
                }
            }
        }
    }

    /** Makes {@link #accept} return empty, now or when it is called next. */
    public void stop() {
        wakeup.signal();
    }

    /** Closes it and removes the file; for the accepting thread after it has stopped. */
    @Override
    public void close() {
        descriptor.close();
        wakeup.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("removal of " + path, e);
        }
    }

    private static void removeAbandoned(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (someoneListens(path)) {
            throw new LinuxException("listen on " + path, EADDRINUSE, "another process listens there already");
        }
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new LinuxException("listen on " + path, EADDRINUSE, "something else has that name");
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("removal of the abandoned socket " + path, e);
        }
    }

    private static boolean someoneListens(Path path) {
        try {
            UnixConnection.connect(path).close();
            return true;
        } catch (LinuxException nobody) {
            return false;
        }
    }

    private static void check(int result, String call) {
        if (result < 0) {
            throw new LinuxException(call, -result);
        }
    }
}
