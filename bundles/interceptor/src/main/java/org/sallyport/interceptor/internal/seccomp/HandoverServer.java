package org.sallyport.interceptor.internal.seccomp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.PidDescriptor;
import org.sallyport.linux.seccomp.ListenerPark.Parked;
import org.sallyport.linux.seccomp.NotificationListener;
import org.sallyport.linux.socket.PeerCredentials;
import org.sallyport.linux.socket.UnixConnection;
import org.sallyport.linux.socket.UnixListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes listeners from launchers. A launcher connects, puts itself under the filter, writes {@code <pid> <descriptor>\n}
 * and waits for {@code ok\n}, or {@code refused <why>\n}; the listener is taken from it, since sending it would be
 * stopped by the very filter. Any local user may connect; the kernel's word on who that is has to agree.
 */
final class HandoverServer {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverServer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int SIMULTANEOUS = 32;
    private static final int LONGEST_MESSAGE = 64;
    private static final Pattern MESSAGE = Pattern.compile("([0-9]{1,9}) ([0-9]{1,9})\n");
    private static final String ANYBODY_MAY_CONNECT = "rw-rw-rw-";

    private final UnixListener listener;
    private final Readers readers;
    private final Semaphore handovers = new Semaphore(SIMULTANEOUS);
    private final Thread thread;

    /**
     * Listens; the directory is made when it is missing.
     *
     * @param path where launchers connect
     */
    HandoverServer(Path path, Readers readers) {
        this.readers = readers;
        createDirectory(path);
        this.listener = UnixListener.listen(path, ANYBODY_MAY_CONNECT);
        this.thread = Thread.ofPlatform().daemon().name("seccomp-handover").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Stops listening and removes the socket. */
    void stop() throws InterruptedException {
        listener.stop();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }

    private void run() {
        try (listener) {
            Optional<UnixConnection> connection = listener.accept();
            while (connection.isPresent()) {
                receive(connection.get());
                connection = listener.accept();
            }
        } catch (LinuxException e) {
            LOG.error("programs can no longer be put under the interceptor: {}", e.getMessage(), e);
        }
    }

    /** On a thread of its own, since a launcher may take its time and reading blocks. */
    private void receive(UnixConnection connection) {
        if (!handovers.tryAcquire()) {
            connection.close();
            return;
        }
        Thread.ofPlatform().daemon().name("seccomp-launcher").start(() -> {
            try (connection) {
                connection.timeout(PATIENCE);
                serve(connection);
            } catch (LinuxException e) {
                LOG.warn("a launcher went away before it was served: {}", e.getMessage());
            } finally {
                handovers.release();
            }
        });
    }

    private void serve(UnixConnection connection) {
        PeerCredentials peer = connection.peer();
        String message = new String(connection.read(LONGEST_MESSAGE), StandardCharsets.US_ASCII);
        if (message.isEmpty()) {
            // The launcher could not put itself under the filter, and has said so to its user.
            return;
        }
        Optional<String> refusal = take(message, peer);
        if (refusal.isPresent()) {
            LOG.warn("process {} of user {} is not supervised: {}", peer.pid(), peer.userId(), refusal.get());
        }
        String answer = refusal.map(why -> "refused " + why + "\n").orElse("ok\n");
        connection.write(answer.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<String> take(String text, PeerCredentials peer) {
        Optional<String> full = readers.full(peer.userId());
        if (full.isPresent()) {
            return full;
        }
        Matcher message = MESSAGE.matcher(text);
        if (!message.matches()) {
            return Optional.of("its message is not \"<pid> <descriptor>\"");
        }
        int pid = Integer.parseInt(message.group(1));
        if (pid != peer.pid()) {
            return Optional.of("it says it is process " + pid + ", the kernel says " + peer.pid());
        }
        if (pid == ProcessHandle.current().pid()) {
            return Optional.of("the appliance does not supervise itself");
        }
        try (PidDescriptor process = PidDescriptor.ofProcess(pid)) {
            NotificationListener taken =
                    new NotificationListener(process.duplicate(Integer.parseInt(message.group(2))));
            readers.add(new Parked(taken, pid, peer.userId()));
            return Optional.empty();
        } catch (LinuxException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void createDirectory(Path path) {
        Path directory = path.toAbsolutePath().getParent();
        try {
            if (directory != null && Files.notExists(directory)) {
                Files.createDirectories(directory);
                // Said here and not left to the umask: launchers of every user pass through.
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("directory of the interceptor's socket " + path, e);
        }
    }
}
