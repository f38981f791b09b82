package org.sallyport.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;

/**
 * A named network namespace. Programs run in it through {@code ip netns exec}; Java code runs in it on threads of its
 * own, whose sockets then belong to it. Closing ends every process inside and removes it. Safe for use by many threads.
 */
public final class Namespace implements Place, AutoCloseable {
    private static final Path HANDLES = Path.of("/run/netns");

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    /** Creates the namespace and brings its loopback up. */
    public static Namespace create(String name) {
        Command.of("ip", "netns", "add", name).check();
        Namespace namespace = new Namespace(name);
        namespace.ip("link", "set", "lo", "up");
        return namespace;
    }

    /** A namespace that exists already, to be removed by whoever created it, or by {@link #close}. */
    public static Namespace existing(String name) {
        return new Namespace(name);
    }

    /** The names of all namespaces of this machine. */
    public static List<String> names() {
        if (!Files.isDirectory(HANDLES)) {
            return List.of();
        }
        try (var entries = Files.list(HANDLES)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public String name() {
        return name;
    }

    /** Runs {@code ip} inside and answers what it prints. */
    public String ip(String... arguments) {
        List<String> line = new ArrayList<>(List.of("ip", "-n", name));
        line.addAll(List.of(arguments));
        return Command.of(line).check();
    }

    /** A command that will run inside. */
    public Command command(String... arguments) {
        return Command.of(inside(List.of(arguments)));
    }

    /** The argument list that runs the given one inside. */
    @Override
    public List<String> inside(List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
        line.addAll(arguments);
        return List.copyOf(line);
    }

    /** Starts a program inside that runs until it is closed. */
    public Background start(Path log, Map<String, String> environment, String... arguments) {
        return Background.start(log, environment, inside(List.of(arguments)));
    }

    /** Sets a network sysctl inside, e.g. {@code net.ipv4.ip_forward}. */
    public void sysctl(String key, String value) {
        Path file = Path.of("/proc/sys", key.replace('.', '/'));
        call(() -> Files.writeString(file, value));
    }

    /** Reads a file under the namespace's own {@code /proc/net}. */
    public String procNet(String file) {
        return call(() -> Files.readString(Path.of("/proc/thread-self/net", file)));
    }

    /** Runs the code on a thread inside and waits for its result; sockets that it opens stay inside. */
    public <T> T call(Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(() -> {
            NamespaceThreads.enter(HANDLES.resolve(name));
            return code.call();
        });
        Thread.ofPlatform().daemon().name("in-" + name).start(task);
        try {
            return task.get();
        } catch (ExecutionException failure) {
            throw rethrown(failure);
        } catch (InterruptedException interrupted) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted while it waited for what runs inside " + name, interrupted);
        }
    }

    /** A daemon thread, not started, that runs the code inside. */
    public Thread thread(Runnable code) {
        return Thread.ofPlatform().daemon().name("in-" + name).unstarted(() -> {
            NamespaceThreads.enter(HANDLES.resolve(name));
            code.run();
        });
    }

    /** The processes inside, by id; threads of this process that live inside are not among them. */
    public List<Long> processes() {
        return Command.of("ip", "netns", "pids", name)
                .run()
                .output()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    @Override
    public void close() {
        if (!Files.exists(HANDLES.resolve(name))) {
            return;
        }
        processes().stream().flatMap(pid -> ProcessHandle.of(pid).stream()).forEach(Namespace::end);
        removeLinks();
        Command.of("ip", "netns", "del", name).within(Duration.ofSeconds(20)).run();
    }

    /** A thread of ours may keep the nameless namespace alive for a while: its links must not outlive the name. */
    private void removeLinks() {
        for (String line : Command.of("ip", "-n", name, "-o", "link")
                .run()
                .output()
                .lines()
                .toList()) {
            String[] words = line.split(": ", 3);
            String link = words.length < 2 ? "lo" : words[1].split("@", 2)[0];
            if (!link.equals("lo")) {
                Command.of("ip", "-n", name, "link", "del", link).run();
            }
        }
    }

    private static void end(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit()
                .completeOnTimeout(process, 5, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    private static RuntimeException rethrown(ExecutionException failure) {
        Throwable cause = failure.getCause();
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case IOException io -> new UncheckedIOException(io);
            case null -> new IllegalStateException(failure);
            default -> new CommandFailedException("failed inside the namespace: " + cause, cause);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
