package org.sallyport.linux.seccomp;

import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.ErrnoNames.ENOENT;
import static org.sallyport.linux.ErrnoNames.EPERM;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.PidDescriptor;
import org.sallyport.linux.seccomp.ListenerPark.Parked;
import org.sallyport.linux.socket.PeerCredentials;
import org.sallyport.linux.socket.UnixConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's connection to the keeper, a process that holds the listeners, and the memory with their calls, while no
 * daemon does. Descriptors are named, and the other side takes them (pidfd_getfd). One thread at a time; its calls block.
 */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int START_LIMIT_SECONDS = 5;
    private static final int VERSION = 1;
    private static final int READ_BYTES = 4096;
    private static final String DONE = "ok";
    private static final Pattern KEPT_BEFORE =
            Pattern.compile("kept ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,10})");
    private static final Pattern KEPT_NOW = Pattern.compile("kept ([0-9]{1,9})");

    private final UnixConnection connection;
    private final List<Kept> before = new ArrayList<>();
    private String unread = "";

    /**
     * A listener that it keeps.
     *
     * @param number what it is called there
     */
    record Kept(int number, Parked parked) {}

    private Keeper(UnixConnection connection) {
        this.connection = connection;
    }

    /**
     * Reaches the keeper, and takes over what it keeps.
     *
     * @throws LinuxException when it cannot be reached or started, or does not answer
     */
    static Keeper reach(Keeping keeping) {
        try {
            return greet(keeping);
        } catch (LinuxException absent) {
            // None runs; or it was about to end, since it kept nothing.
            start(keeping, absent);
            return greet(keeping);
        }
    }

    private static Keeper greet(Keeping keeping) {
        Keeper keeper = new Keeper(UnixConnection.connect(keeping.socket()));
        try {
            keeper.hello(keeping);
            return keeper;
        } catch (LinuxException e) {
            keeper.before.forEach(kept -> kept.parked().listener().close());
            keeper.close();
            throw e;
        }
    }

    /** It goes into the background by itself, and lives on when this process is killed. */
    private static void start(Keeping keeping, LinuxException absent) {
        String call = "start of " + keeping.program();
        if (!Files.isExecutable(keeping.program())) {
            throw new LinuxException(call, ENOENT, "there is no such program; a build with a C compiler makes it");
        }
        try {
            Process process = new ProcessBuilder(
                            keeping.program().toString(), keeping.socket().toString())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LinuxException(call, EINTR, "it takes longer than " + START_LIMIT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                throw new LinuxException(call, ENOENT, said.strip() + " (" + absent.getMessage() + ")");
            }
        } catch (IOException e) {
            throw new LinuxException(call, ENOENT, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinuxException(call, EINTR);
        }
    }

    private void hello(Keeping keeping) {
        connection.timeout(ANSWER_LIMIT);
        PeerCredentials peer = connection.peer();
        if (peer.userId() != ownUser()) {
            throw new LinuxException("request to the keeper", EPERM, "it belongs to user " + peer.userId());
        }
        String line = ask("hello %d %d %d".formatted(VERSION, keeping.patience().toSeconds(), keeping.maximum()));
        List<Matcher> listed = new ArrayList<>();
        while (!line.equals(DONE)) {
            Matcher kept = KEPT_BEFORE.matcher(line);
            if (!kept.matches()) {
                throw unexpected(line);
            }
            listed.add(kept);
            line = readLine();
        }
        if (listed.isEmpty()) {
            return;
        }
        try (PidDescriptor process = PidDescriptor.ofProcess(peer.pid())) {
            listed.forEach(kept -> takeOver(process, kept));
        }
    }

    private static long ownUser() {
        try {
            return Integer.toUnsignedLong((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void takeOver(PidDescriptor process, Matcher kept) {
        int number = Integer.parseInt(kept.group(1));
        int pid = Integer.parseInt(kept.group(4));
        try {
            NotificationListener listener = NotificationListener.takeOver(
                    () -> process.duplicate(Integer.parseInt(kept.group(2))),
                    () -> process.duplicate(Integer.parseInt(kept.group(3))));
            before.add(new Kept(number, new Parked(listener, pid, Long.parseLong(kept.group(5)))));
        } catch (LinuxException e) {
            LOG.error("the listener of process {} is lost, its programs' requests fail: {}", pid, e.getMessage());
            forget(number);
        }
    }

    /** What it kept from before, with the calls that wait. */
    List<Kept> before() {
        return List.copyOf(before);
    }

    /**
     * Gives a listener into its keeping.
     *
     * @return what it is called there
     * @throws LinuxException when it does not keep it
     */
    int keep(Parked parked) {
        String answer = ask("keep %d %d %d %d"
                .formatted(
                        parked.listener().descriptor(),
                        parked.listener().memoryDescriptor(),
                        parked.pid(),
                        parked.userId()));
        Matcher kept = KEPT_NOW.matcher(answer);
        if (!kept.matches()) {
            throw unexpected(answer);
        }
        return Integer.parseInt(kept.group(1));
    }

    /** Has it close a listener. */
    void forget(int number) {
        String answer = ask("forget " + number);
        if (!answer.equals(DONE)) {
            throw unexpected(answer);
        }
    }

    /** Leaves the keeper alone with what it keeps. */
    @Override
    public void close() {
        connection.close();
    }

    private String ask(String request) {
        connection.write((request + "\n").getBytes(StandardCharsets.US_ASCII));
        return readLine();
    }

    private String readLine() {
        int end = unread.indexOf('\n');
        while (end < 0) {
            byte[] read = connection.read(READ_BYTES);
            if (read.length == 0) {
                throw new LinuxException("read from the keeper", ENOENT, "it went away");
            }
            unread += new String(read, StandardCharsets.US_ASCII);
            end = unread.indexOf('\n');
        }
        String line = unread.substring(0, end);
        unread = unread.substring(end + 1);
        return line;
    }

    private static LinuxException unexpected(String answer) {
        return new LinuxException("request to the keeper", ENOENT, "it answers \"" + answer + "\"");
    }
}
