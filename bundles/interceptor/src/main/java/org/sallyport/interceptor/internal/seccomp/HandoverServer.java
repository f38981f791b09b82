package org.sallyport.interceptor.internal.seccomp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.process.PidDescriptor;
import org.sallyport.linux.seccomp.ListenerPark.Parked;
import org.sallyport.linux.seccomp.NotificationListener;
import org.sallyport.linux.socket.PeerCredentials;
import org.sallyport.linux.socket.ReceivedMessage;
import org.sallyport.linux.socket.UnixConnection;
import org.sallyport.linux.socket.UnixListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes listeners from launchers and from container runtimes. A launcher connects, puts itself under the filter, writes
 * {@code <pid> <descriptor>\n} and waits for {@code ok\n}, or {@code refused <why>\n}; the listener is taken from it, since
 * sending it would be stopped by the very filter. A runtime sends the container's state in JSON, the listener with it, and
 * waits for nothing (OCI runtime specification, linux.seccomp.listenerPath). Any local user may connect; the kernel says who
 * that is.
 */
final class HandoverServer {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverServer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int SIMULTANEOUS = 32;
    private static final int LONGEST_MESSAGE = 1 << 16;
    private static final String LISTENER_OF_CONTAINER = "\"seccompFd\"";
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
        try (ReceivedMessage message = connection.receive(LONGEST_MESSAGE, 1)) {
            String text = StandardCharsets.UTF_8.decode(message.bytes()).toString();
            if (text.isEmpty()) {
                // The launcher could not put itself under the filter, and has said so to its user.
                return;
            }
            boolean ofContainer = text.startsWith("{");
            Optional<String> refusal = readers.full(peer.userId())
                    .or(() -> ofContainer ? takeSent(text, message.descriptors(), peer) : takeFrom(text, peer));
            refusal.ifPresent(
                    why -> LOG.warn("process {} of user {} is not supervised: {}", peer.pid(), peer.userId(), why));
            if (!ofContainer) {
                String answer = refusal.map(why -> "refused " + why + "\n").orElse("ok\n");
                connection.write(answer.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private Optional<String> takeSent(String state, List<Descriptor> sent, PeerCredentials peer) {
        if (sent.size() != 1 || !state.contains(LISTENER_OF_CONTAINER)) {
            return Optional.of("it sends a container's state without " + LISTENER_OF_CONTAINER);
        }
        return take(sent.getFirst()::move, peer);
    }

    private Optional<String> takeFrom(String text, PeerCredentials peer) {
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
        return take(
                () -> {
                    try (PidDescriptor process = PidDescriptor.ofProcess(pid)) {
                        return process.duplicate(Integer.parseInt(message.group(2)));
                    }
                },
                peer);
    }

    private Optional<String> take(Supplier<Descriptor> listener, PeerCredentials peer) {
        try {
            readers.add(new Parked(new NotificationListener(listener.get()), peer.pid(), peer.userId()));
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
