package org.sallyport.karaf.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One instance of the assembled distribution, run as a user runs it: by its scripts. */
final class Appliance {
    private static final Path HOME = Path.of("target", "assembly").toAbsolutePath();
    private static final Pattern BUNDLE = Pattern.compile("^\\s*(\\d+) \\| (\\w+)\\s*\\|.*\\| (.+?)\\s*$");
    private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;]*m");
    private static final String LISTEN = "0A";

    private final Path base;
    private final int httpsPort;
    private final int sshPort;

    private Appliance(Path base, int httpsPort, int sshPort) {
        this.base = base;
        this.httpsPort = httpsPort;
        this.sshPort = sshPort;
    }

    /** What a script printed and how it ended. */
    record Outcome(int exitCode, String output) {}

    /** A bundle as {@code bundle:list} shows it. */
    record Bundle(String name, String state) {
        /** A fragment never becomes active; it is in use once it is resolved. */
        boolean isUp() {
            return state.equals("Active") || (name.contains(", Hosts: ") && state.equals("Resolved"));
        }
    }

    static Appliance create(Path base) throws IOException, InterruptedException {
        Appliance appliance = new Appliance(base, freePort(), freePort());
        Outcome created = appliance.script(
                "sallyport-instance",
                "create",
                "--base",
                base.toString(),
                "--https-port",
                Integer.toString(appliance.httpsPort),
                "--ssh-port",
                Integer.toString(appliance.sshPort));
        if (created.exitCode() != 0) {
            throw new IOException("could not create an instance: " + created.output());
        }
        return appliance;
    }

    Path base() {
        return base;
    }

    int httpsPort() {
        return httpsPort;
    }

    int sshPort() {
        return sshPort;
    }

    void start() throws IOException {
        builder("karaf", "server")
                .redirectOutput(base.resolve("console.out").toFile())
                .start();
    }

    /** Asks the shell until it answers what is wanted, or the time is over; the last answer either way. */
    List<Bundle> awaitActive(Duration time) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(time);
        List<Bundle> bundles = List.of();
        while (Instant.now().isBefore(end)) {
            bundles = bundles();
            if (!bundles.isEmpty() && bundles.stream().allMatch(Bundle::isUp)) {
                return bundles;
            }
            Thread.sleep(200);
        }
        return bundles;
    }

    private List<Bundle> bundles() throws IOException, InterruptedException {
        return script("sallyport-shell", "bundle:list -t 0")
                .output()
                .lines()
                .map(BUNDLE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Bundle(line.group(3), line.group(2)))
                .toList();
    }

    Outcome shell(String command) throws IOException, InterruptedException {
        return script("sallyport-shell", command);
    }

    /** Repeats a command until it answers, and something else than before; whether it did in this time. */
    boolean awaitOther(String before, String command, Duration time) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            Outcome now = shell(command);
            if (now.exitCode() == 0 && !now.output().equals(before)) {
                return true;
            }
            Thread.sleep(200);
        }
        return false;
    }

    Outcome script(String name, String... arguments) throws IOException, InterruptedException {
        return run(builder(name, arguments));
    }

    static Outcome run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(builder.command() + " did not end");
        }
        return new Outcome(process.exitValue(), COLOUR.matcher(output).replaceAll(""));
    }

    /** The TCP addresses that the process listens on, from the kernel's own tables. */
    Set<InetSocketAddress> listeners() throws IOException, InterruptedException {
        String pid = script("status").output().strip();
        Set<String> sockets;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
            sockets = descriptors.map(Appliance::target).collect(Collectors.toSet());
        }
        List<InetSocketAddress> found = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc", pid, "net", table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[3].equals(LISTEN) && sockets.contains("socket:[" + fields[9] + "]")) {
                    found.add(address(fields[1]));
                }
            }
        }
        return Set.copyOf(found);
    }

    void stop() throws IOException, InterruptedException {
        if (script("status").exitCode() == 0) {
            script("stop");
        }
    }

    private ProcessBuilder builder(String script, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("bin").resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KARAF_BASE", base.toString());
        return builder;
    }

    /** The tables write addresses in words of the machine's byte order. */
    private static InetSocketAddress address(String hex) throws IOException {
        String[] parts = hex.split(":", 2);
        byte[] bytes = new byte[parts[0].length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int word = i / 4 * 4;
            int from = 2 * (word + 3 - i % 4);
            bytes[i] = (byte) Integer.parseInt(parts[0].substring(from, from + 2), 16);
        }
        return new InetSocketAddress(InetAddress.getByAddress(bytes), Integer.parseInt(parts[1], 16));
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
