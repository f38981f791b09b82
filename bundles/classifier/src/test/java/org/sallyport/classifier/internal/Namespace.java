package org.sallyport.classifier.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;

/** A network namespace of a test's own; what is opened, and every thread begun, inside belongs to it. */
final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final int CLONE_NEWNET = 0x4000_0000;

    private final String name;
    private final List<Process> processes = new ArrayList<>();

    Namespace() {
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/var/run")) && "root".equals(System.getProperty("user.name")),
                "network namespaces need root");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/net/tun")), "a data plane needs /dev/net/tun");
        name = "splc-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        run(List.of("ip", "netns", "add", name));
        ip("link", "set", "lo", "up");
    }

    String name() {
        return name;
    }

    String ip(String... arguments) {
        List<String> all = new ArrayList<>(List.of("ip", "-n", name));
        all.addAll(List.of(arguments));
        return run(all);
    }

    /** Runs a program inside to its end; returns what it printed. */
    String execute(String... words) {
        return run(inHere(words));
    }

    /** Starts a program inside; it ends with this namespace. */
    Process start(String... words) throws IOException {
        Process process =
                new ProcessBuilder(inHere(words)).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private List<String> inHere(String... words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(words));
        return all;
    }

    <T> T inside(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                int descriptor = Outcome.check("open", SystemCalls.open("/var/run/netns/" + name, 0));
                Outcome.check("setns", SystemCalls.setns(descriptor, CLONE_NEWNET));
                SystemCalls.close(descriptor);
                result.complete(action.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        run(List.of("ip", "netns", "delete", name));
    }

    private static String run(List<String> words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", words) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
