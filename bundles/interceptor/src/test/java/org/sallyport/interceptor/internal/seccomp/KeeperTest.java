package org.sallyport.interceptor.internal.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.policy.Action;
import org.sallyport.interceptor.internal.gate.FakeSurroundings;
import org.sallyport.linux.seccomp.ListenerPark;

/** A process that supervises programs is killed, and another one takes its place. Everything stays on loopback. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeeperTest {
    private static final String PROTECTED = "127.0.0.2";
    private static final int PROGRAMS = 5;
    private static final int THREADS = 4;
    private static final int LONG = 60;
    private static final Path LAUNCHER = Path.of("target/native/sallyport-run").toAbsolutePath();
    private static final Path KEEPER = Path.of("target/native/sallyport-keeper").toAbsolutePath();
    private static final String NO_KEEPER = "";
    private final Path socket;
    private final Path keeperSocket;
    private final List<Process> processes = new ArrayList<>();
    private final FakeSurroundings world = new FakeSurroundings();
    private final ListenerPark park = new ListenerPark();
    private @Nullable SeccompFrontEnd successor;

    KeeperTest(@TempDir Path folder) throws IOException {
        socket = folder.resolve("run/interceptor.sock");
        keeperSocket = folder.resolve("run/interceptor.sock.keeper");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        world.policy("lab", Action.PROTECT, PROTECTED, Duration.ofSeconds(10));
    }

    @BeforeEach
    void able() {
        assumeTrue(Files.isExecutable(LAUNCHER) && Files.isExecutable(KEEPER), "no C compiler");
        assumeTrue(System.getProperty("user.name").equals("root"), "another process's sockets need CAP_SYS_PTRACE");
    }

    @AfterEach
    void stop() throws Exception {
        processes.forEach(Process::destroyForcibly);
        if (successor != null) {
            successor.stop();
        }
        park.keepBy(Optional.empty());
        run(KEEPER.toString(), "--end", keeperSocket.toString());
    }

    @Test
    void callsOutliveTheDaemonThatHeldThem() throws Exception {
        try (WebServer server = new WebServer()) {
            Process daemon = daemon(KEEPER.toString(), LONG);
            List<Process> clients = held(daemon, server.port());
            kill(daemon);
            askAnew(clients);
            Thread.sleep(300);
            assertThat(clients).as("held calls and new ones wait").allMatch(Process::isAlive);

            succeed();

            assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("connected");
            assertThat(world.bound()).as("each by the gate").hasSize(PROGRAMS * (THREADS + 1));
            until(() -> park.all().isEmpty());
        }
    }

    /** What was received and not answered is known to whoever comes next, however often that one is killed. */
    @Test
    void callsOutliveSeveralDaemons() throws Exception {
        try (WebServer server = new WebServer()) {
            Process daemon = daemon(KEEPER.toString(), LONG);
            List<Process> clients = held(daemon, server.port());
            kill(daemon);
            Process second = daemon(KEEPER.toString(), LONG);
            awaitHeld(second);
            kill(second);
            askAnew(clients);

            succeed();

            assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("connected");
        }
    }

    @Test
    void withoutAKeeperTheyFailAtOnce() throws Exception {
        Process daemon = daemon(NO_KEEPER, LONG);
        List<Process> clients = held(daemon, 9);
        kill(daemon);
        askAnew(clients);

        assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("ENOSYS");
        assertThat(keeperSocket).doesNotExist();
    }

    @Test
    void theyFailWhenNoDaemonComesInTime() throws Exception {
        Process daemon = daemon(KEEPER.toString(), 1);
        List<Process> clients = held(daemon, 9);
        kill(daemon);
        askAnew(clients);

        assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("ENOSYS");
        until(() -> Files.notExists(keeperSocket));
    }

    @Test
    void aKeeperThatIsToldToEndFailsThem() throws Exception {
        Process daemon = daemon(KEEPER.toString(), LONG);
        List<Process> clients = held(daemon, 9);
        kill(daemon);
        askAnew(clients);

        assertThat(run(KEEPER.toString(), "--end", keeperSocket.toString())).isEmpty();
        assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("ENOSYS");
    }

    @Test
    void aKeeperThatKeepsNothingEndsWithTheDaemon() throws Exception {
        Process daemon = daemon(KEEPER.toString(), LONG);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keeperSocket)))
                .isEqualTo("rw-------");
        kill(daemon);

        until(() -> Files.notExists(keeperSocket));
    }

    @Test
    void aKeeperThatDiesIsReplacedAndGivenEverything() throws Exception {
        try (WebServer server = new WebServer()) {
            Process daemon = daemon(KEEPER.toString(), LONG);
            List<Process> clients = held(daemon, server.port());
            ProcessHandle keeper = keeperProcess().orElseThrow();
            keeper.destroyForcibly();
            keeper.onExit().join();
            Process late = start(LAUNCHER.toString(), socket.toString(), "true");
            assertThat(late.waitFor(10, TimeUnit.SECONDS)).isTrue();
            kill(daemon);
            askAnew(clients);

            succeed();

            assertThat(answers(clients)).hasSize(PROGRAMS * (THREADS + 1)).containsOnly("connected");
        }
    }

    /** A front end that is replaced leaves the keeper to its successor, and nothing is served twice. */
    @Test
    void whatIsKeptIsTakenOverOnce() throws Exception {
        try (WebServer server = new WebServer()) {
            world.fakeNegotiator().script(request -> new CompletableFuture<>());
            succeed();
            Process client = launch(server.port());
            until(() -> world.fakeNegotiator().started() == 1);
            Objects.requireNonNull(successor).stop();
            park.keepBy(Optional.empty());
            world.fakeNegotiator()
                    .script(request ->
                            CompletableFuture.completedFuture(world.establish(request, request.selectors())));

            succeed();

            assertThat(park.all()).hasSize(1);
            askAnew(List.of(client));
            assertThat(answers(List.of(client))).hasSize(THREADS + 1).containsOnly("connected");
        }
    }

    private Process daemon(String keeper, int keptFor) throws IOException {
        Process daemon = start(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                ShortLivedDaemon.class.getName(),
                socket.toString(),
                PROTECTED,
                Integer.toString(keptFor),
                keeper);
        assertThat(daemon.inputReader().readLine()).isEqualTo(ShortLivedDaemon.READY);
        return daemon;
    }

    private void succeed() {
        successor = new SeccompFrontEnd(
                world.gate(), park, new ShortLivedDaemon.KeptSettings(socket.toString(), KEEPER.toString(), LONG));
        successor.serveKept();
    }

    private List<Process> held(Process daemon, int port) throws IOException {
        List<Process> clients = new ArrayList<>();
        for (int i = 0; i < PROGRAMS; i++) {
            clients.add(launch(port));
        }
        awaitHeld(daemon);
        return clients;
    }

    private static void awaitHeld(Process daemon) throws IOException {
        BufferedReader output = daemon.inputReader();
        for (int i = 0; i < PROGRAMS * THREADS; i++) {
            assertThat(output.readLine()).isEqualTo(ShortLivedDaemon.HELD);
        }
    }

    private static void kill(Process daemon) throws InterruptedException {
        daemon.destroyForcibly();
        assertThat(daemon.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Connects at once in each of its threads, and once more when it is told to. */
    private Process launch(int port) throws IOException {
        String script = """
                import errno, socket, sys, threading
                def attempt():
                    try:
                        socket.socket().connect(('%s', %d))
                        return 'connected'
                    except OSError as e:
                        return errno.errorcode[e.errno]
                answers = []
                threads = [threading.Thread(target=lambda: answers.append(attempt())) for i in range(%d)]
                [t.start() for t in threads]
                sys.stdin.readline()
                answers.append(attempt())
                [t.join() for t in threads]
                print(*answers)
                """.formatted(PROTECTED, port, THREADS);
        return start(LAUNCHER.toString(), socket.toString(), "python3", "-c", script);
    }

    private static void askAnew(List<Process> clients) throws IOException {
        for (Process client : clients) {
            client.outputWriter().write("go\n");
            client.outputWriter().flush();
        }
    }

    private static List<String> answers(List<Process> clients) throws Exception {
        List<String> answers = new ArrayList<>();
        for (Process client : clients) {
            String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            answers.addAll(List.of(said.strip().split(" ")));
        }
        return answers;
    }

    private Optional<ProcessHandle> keeperProcess() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(keeperSocket.toString()))
                        .isPresent())
                .findFirst();
    }

    private String run(String... command) throws Exception {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
