package org.sallyport.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A network namespace of a test's own, with loopback up; what is opened inside {@link #inside} belongs to it. */
public final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final int CLONE_NEWNET = 0x4000_0000;

    private final String name;

    public TestNamespace() {
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/var/run")) && "root".equals(System.getProperty("user.name")),
                "network namespaces need root");
        name = "splx-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        command("ip", "netns", "add", name);
        ip("link", "set", "lo", "up");
    }

    public String name() {
        return name;
    }

    /** Runs ip(8) inside. */
    public void ip(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "ip";
        all[1] = "-n";
        all[2] = name;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        command(all);
    }

    /** Runs an action on a thread inside this namespace, for at most 30 seconds. */
    public <T> T inside(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                enter();
                result.complete(action.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    private void enter() {
        int descriptor = Outcome.check("open", SystemCalls.open("/var/run/netns/" + name, 0));
        Outcome.check("setns", SystemCalls.setns(descriptor, CLONE_NEWNET));
        SystemCalls.close(descriptor);
    }

    @Override
    public void close() {
        command("ip", "netns", "delete", name);
    }

    private static void command(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", words) + ": " + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
