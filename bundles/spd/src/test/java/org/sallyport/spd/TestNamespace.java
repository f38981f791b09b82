package org.sallyport.spd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.sallyport.linux.internal.SystemCalls;

/** A network namespace of one test, with a thread that lives in it. */
public final class TestNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "spd" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(threads());

    public TestNamespace() {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "network namespaces need root, so this is not tested");
        shell("ip netns add " + name);
        ip("link set lo up");
        // Without duplicate address detection a link-local address, which forwarding needs, is there at once.
        exec("sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0");
    }

    public String name() {
        return name;
    }

    /** Makes threads that live in the namespace. */
    public ThreadFactory threads() {
        return task -> Thread.ofPlatform().daemon().name("test-" + name).unstarted(() -> {
            enter();
            task.run();
        });
    }

    private void enter() {
        int descriptor = SystemCalls.open("/run/netns/" + name, 0);
        int result = SystemCalls.setns(descriptor, CLONE_NEWNET);
        SystemCalls.close(descriptor);
        if (result < 0) {
            throw new IllegalStateException("setns: " + result);
        }
    }

    /** Runs in the namespace. */
    public <T> T in(Callable<T> task) {
        try {
            return thread.submit(task).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs iproute2 in the namespace and returns what it printed. */
    public String ip(String arguments) {
        return shell("ip -n " + name + " " + arguments);
    }

    /** Runs a command in the namespace and returns what it printed. */
    public String exec(String command) {
        return shell("ip netns exec " + name + " " + command);
    }

    /** Joins two namespaces by a pair of devices of this name. */
    public void connect(String device, TestNamespace other, String otherDevice) {
        ip("link add " + device + " type veth peer name " + otherDevice + " netns " + other.name);
        ip("link set " + device + " up");
        other.ip("link set " + otherDevice + " up");
    }

    private static String shell(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String warnings = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output + warnings);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        shell("ip netns del " + name);
    }
}
