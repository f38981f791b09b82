package org.sallyport.interceptor.internal.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Action;
import org.sallyport.interceptor.internal.gate.FakeSurroundings;
import org.sallyport.linux.seccomp.ListenerPark;

/**
 * Real programs under the real filter, with the gate's services in memory. Everything stays on loopback: 127.0.0.2 is
 * protected, 127.0.0.3 discarded, the rest bypassed.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeccompFrontEndTest {
    private static final String PROTECTED = "127.0.0.2";
    private static final String DISCARDED = "127.0.0.3";
    private static final Path LAUNCHER = Path.of("target/native/sallyport-run").toAbsolutePath();

    private final Path folder;
    private final Path socket;
    private final FakeSurroundings world = new FakeSurroundings();
    private final ListenerPark park = new ListenerPark();
    private final List<Process> processes = new ArrayList<>();
    private SeccompFrontEnd frontEnd;
    private WebServer server;

    SeccompFrontEndTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.socket = folder.resolve("run/interceptor.sock");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(Files.isExecutable(LAUNCHER), "the native launcher was not built: no C compiler");
        world.policy("lab", Action.PROTECT, PROTECTED, Duration.ofSeconds(3));
        world.policy("closed", Action.DISCARD, DISCARDED, Duration.ofSeconds(3));
        frontEnd = start();
        server = new WebServer();
    }

    @BeforeEach
    void privileged() {
        assumeTrue(System.getProperty("user.name").equals("root"), "another process's sockets need CAP_SYS_PTRACE");
    }

    @AfterEach
    void stop() throws Exception {
        processes.forEach(Process::destroyForcibly);
        frontEnd.stop();
        server.close();
    }

    @Test
    void curlIsHeldUntilTheSaStands() throws Exception {
        Result result = run("curl", "-s", "--max-time", "10", server.url(PROTECTED));

        assertThat(result.status()).isZero();
        assertThat(result.output()).isEqualTo(WebServer.PAGE);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.fakeNegotiator()
                        .requests()
                        .getFirst()
                        .trigger()
                        .orElseThrow()
                        .remotePort())
                .isEqualTo(server.port());
        assertThat(world.bound()).hasSize(1);
        assertThat(server.peers().getFirst().getPort())
                .isEqualTo(world.bound().getFirst().localPort());
        assertThat(server.peers().getFirst().getAddress())
                .isEqualTo(world.bound().getFirst().local());
    }

    @Test
    void whatIsBypassedIsNotHeld() throws Exception {
        assertThat(run("curl", "-s", "--max-time", "10", server.url("127.0.0.1"))
                        .output())
                .isEqualTo(WebServer.PAGE);
        assertThat(world.fakeNegotiator().started()).isZero();
    }

    @Test
    void nobodyConnectsBeforeTheSaStands() throws Exception {
        CompletableFuture<NegotiationResult> never = new CompletableFuture<>();
        world.fakeNegotiator().script(request -> never);
        Process curl = launch(List.of("curl", "-s", "--max-time", "10", server.url(PROTECTED)));
        until(() -> world.fakeNegotiator().started() == 1);
        Thread.sleep(300);

        assertThat(server.peers()).isEmpty();
        assertThat(world.fakeNegotiator().requests()).hasSize(1);
        never.complete(world.establish(
                world.fakeNegotiator().requests().getFirst(),
                world.fakeNegotiator().requests().getFirst().selectors()));
        assertThat(finish(curl).output()).isEqualTo(WebServer.PAGE);
    }

    @Test
    void discardIsEacces() throws Exception {
        assertThat(python("attempt(lambda: tcp(BLOCKING).connect(('" + DISCARDED + "', 80)))"))
                .isEqualTo("EACCES");
    }

    @Test
    void refusalIsEconnrefusedAndSilenceEtimedout() throws Exception {
        world.fakeNegotiator()
                .script(request ->
                        CompletableFuture.completedFuture(new NegotiationResult.Refused(FakeSurroundings.REFUSAL)));
        assertThat(python("attempt(lambda: tcp(BLOCKING).connect(('" + PROTECTED + "', PORT)))"))
                .isEqualTo("ECONNREFUSED");
        assertThat(python("attempt(lambda: tcp(NONBLOCKING).connect(('" + PROTECTED + "', PORT)))"))
                .isEqualTo("ECONNREFUSED");
        assertThat(python("attempt(lambda: udp().sendto(b'x', ('" + PROTECTED + "', PORT)))"))
                .isEqualTo("ECONNREFUSED");

        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        long start = System.nanoTime();
        assertThat(python("attempt(lambda: tcp(BLOCKING).connect(('" + PROTECTED + "', PORT)))"))
                .isEqualTo("ETIMEDOUT");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2900));
        assertThat(server.peers()).isEmpty();
    }

    @Test
    void theKernelsOwnErrorsAreKept() throws Exception {
        assertThat(python("attempt(lambda: tcp(BLOCKING).connect(('" + PROTECTED + "', 1)))"))
                .isEqualTo("ECONNREFUSED");
        assertThat(python("attempt(lambda: tcp(NONBLOCKING).connect(('" + PROTECTED + "', PORT)))"))
                .isEqualTo("EINPROGRESS");
        assertThat(python("attempt(lambda: libc.connect(99, None, 16) == -1 and errno.errorcode[ctypes.get_errno()])"))
                .isEqualTo("ok EBADF");
        assertThat(python("attempt(lambda: libc.connect(tcp(BLOCKING).detach(), 16, 16) == -1"
                        + " and errno.errorcode[ctypes.get_errno()])"))
                .isEqualTo("ok EFAULT");
        assertThat(python("attempt(lambda: socket.socket(socket.AF_UNIX).connect('/nowhere'))"))
                .isEqualTo("ENOENT");
    }

    @Test
    void aBlockingSocketStaysBlockingAndKeepsItsTimeOuts() throws Exception {
        String script = """
                s = tcp(BLOCKING)
                s.connect(('%s', PORT))
                s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
                print(s.getblocking(), fcntl.fcntl(s, fcntl.F_GETFL) & os.O_NONBLOCK, len(s.recv(4096)) > 0)
                """.formatted(PROTECTED);
        assertThat(pythonScript(script)).isEqualTo("True 0 True");
    }

    @Test
    void asyncioIsServed() throws Exception {
        String script = """
                import asyncio
                async def main():
                    reader, writer = await asyncio.open_connection('%s', PORT)
                    writer.write(b'GET / HTTP/1.0\\r\\n\\r\\n')
                    print((await reader.read()).endswith(b'%s'))
                asyncio.run(main())
                """.formatted(PROTECTED, WebServer.PAGE);
        assertThat(pythonScript(script)).isEqualTo("True");
    }

    @Test
    void whoDoesNotWaitGoesOnWhereItsPacketsAreParked() throws Exception {
        world.park();
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        String script = """
                print(attempt(lambda: tcp(NONBLOCKING).connect(('%1$s', PORT))))
                print(attempt(lambda: udp().sendto(b'x', socket.MSG_DONTWAIT, ('%1$s', PORT))))
                print(attempt(lambda: udp().sendmsg([b'x'], [], socket.MSG_DONTWAIT, ('%1$s', PORT))))
                calm = udp()
                calm.setblocking(False)
                print(attempt(lambda: calm.connect(('%1$s', PORT))))
                """.formatted(PROTECTED);

        assertThat(pythonScript(script).lines()).containsExactly("EINPROGRESS", "ok 1", "ok 1", "ok None");
        assertThat(world.fakeNegotiator().started())
                .as("their packets ask, not they")
                .isZero();

        long start = System.nanoTime();
        assertThat(python("attempt(lambda: tcp(BLOCKING).connect(('" + PROTECTED + "', PORT)))"))
                .isEqualTo("ETIMEDOUT");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2900));
    }

    @Test
    void mappedAddressesMeanIpv4() throws Exception {
        String script = """
                s = socket.socket(socket.AF_INET6)
                s.connect(('::ffff:%s', PORT))
                print(s.getsockname()[0])
                """.formatted(PROTECTED);
        assertThat(pythonScript(script)).startsWith("::ffff:127.0.0.");
        assertThat(world.fakeNegotiator()
                        .requests()
                        .getFirst()
                        .trigger()
                        .orElseThrow()
                        .remote()
                        .getHostAddress())
                .isEqualTo(PROTECTED);
    }

    @Test
    void datagramsAreHeldOnceForEachFlow() throws Exception {
        String script = """
                r = udp()
                r.bind(('%s', 0))
                r.settimeout(5)
                s = udp()
                for i in range(20):
                    s.sendto(b'%%d' %% i, r.getsockname())
                print(b' '.join(r.recv(100) for i in range(20)).decode())
                c = udp()
                c.connect(r.getsockname())
                c.send(b'connected')
                print(r.recv(100).decode())
                s.sendmsg([b'mes', b'sage'], [], 0, r.getsockname())
                print(r.recv(100).decode())
                """.formatted(PROTECTED);
        assertThat(pythonScript(script).lines())
                .containsExactly("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19", "connected", "message");
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.bound()).hasSize(2);
    }

    @Test
    void threadsAndAForkedChildShareOneNegotiation() throws Exception {
        String script = """
                import threading
                def fetch(): tcp(BLOCKING).connect(('%s', PORT))
                child = os.fork()
                if child == 0:
                    fetch()
                    os._exit(0)
                threads = [threading.Thread(target=fetch) for i in range(8)]
                [t.start() for t in threads]
                [t.join() for t in threads]
                print(os.waitpid(child, 0)[1])
                """.formatted(PROTECTED);
        assertThat(pythonScript(script)).isEqualTo("0");
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.bound()).hasSize(9);
    }

    @Test
    void programsItExecutesAreUnderItToo() throws Exception {
        Result result = run("sh", "-c", "exec curl -s --max-time 10 " + server.url(PROTECTED));

        assertThat(result.output()).isEqualTo(WebServer.PAGE);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
    }

    @Test
    void anOrdinaryUserMayUseIt() throws Exception {
        Result result = finish(start(List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                LAUNCHER.toString(),
                socket.toString(),
                "curl",
                "-s",
                "--max-time",
                "10",
                server.url(PROTECTED))));

        assumeTrue(!result.output().contains("Permission denied"), "the build's folder is closed to others");
        assertThat(result.output()).isEqualTo(WebServer.PAGE);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
    }

    @Test
    void aProgramKilledWhileItIsHeldLeavesNothingBehind() throws Exception {
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        Process curl = launch(List.of("curl", "-s", server.url(PROTECTED)));
        until(() -> world.fakeNegotiator().started() == 1);

        curl.destroyForcibly();

        until(() -> world.fakeNegotiator().cancelled() == 1);
        until(() -> park.all().isEmpty());
        assertThat(server.peers()).isEmpty();
    }

    @Test
    void aCallThatASignalRestartsJoinsTheRunningNegotiation() throws Exception {
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(1500, () -> world.establish(request, request.selectors())));
        String script = """
                import signal
                signal.signal(signal.SIGALRM, lambda *a: None)
                signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
                tcp(BLOCKING).connect(('%s', PORT))
                print('connected')
                """.formatted(PROTECTED);
        assertThat(pythonScript(script)).isEqualTo("connected");
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.fakeNegotiator().cancelled()).isZero();
    }

    @Test
    void heldCallsSurviveTheReplacementOfTheFrontEnd() throws Exception {
        CompletableFuture<NegotiationResult> never = new CompletableFuture<>();
        world.fakeNegotiator().script(request -> never);
        Process curl = launch(List.of("curl", "-s", "--max-time", "10", server.url(PROTECTED)));
        until(() -> world.fakeNegotiator().started() == 1);

        frontEnd.stop();
        assertThat(park.all()).hasSize(1);
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(10, () -> world.establish(request, request.selectors())));
        until(() -> world.fakeNegotiator().cancelled() == 1);
        frontEnd = start();

        assertThat(finish(curl).output()).isEqualTo(WebServer.PAGE);
    }

    @Test
    void socketsOfAnotherNetworkNamespaceAreNotJudgedByThisOnesPolicies() throws Exception {
        String answers = inNamespace("""
                joined = socket.socket()
                print(joined.connect_ex(('%1$s', 1)), joined.connect_ex(('%2$s', 1)))
                """);

        assertThat(answers).as("the kernel's own answers, there").isEqualTo("111 111");
        assertThat(world.fakeNegotiator().started()).isZero();
        assertThat(world.sad().sockets()).isEmpty();
        assertThat(world.bound()).isEmpty();
    }

    @Test
    void aSocketBelongsToTheNamespaceInWhichItWasMade() throws Exception {
        String answers = inNamespace("""
                joined = socket.socket()
                libc.setns(home, 0)
                print(joined.connect_ex(('%2$s', 1)), before.connect_ex(('%2$s', 1)))
                libc.setns(there, 0)
                print(here.connect_ex(('%1$s', 1)))
                """);

        assertThat(answers.lines()).containsExactly("111 13", "111");
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.bound()).singleElement().satisfies(flow -> {
            assertThat(flow.networkNamespace()).isZero();
            assertThat(flow.remote()).isEqualTo(Addresses.parse(PROTECTED));
        });
    }

    /** Runs a script that has made two sockets at home and then joined a new namespace. */
    private String inNamespace(String script) throws Exception {
        String namespace = "sp-" + ProcessHandle.current().pid();
        assertThat(finish(start(List.of("ip", "netns", "add", namespace))).output())
                .isEmpty();
        try {
            finish(start(List.of("ip", "-n", namespace, "link", "set", "lo", "up")));
            return pythonScript("""
                    before, here = socket.socket(), socket.socket()
                    home, there = os.open('/proc/self/ns/net', 0), os.open('/run/netns/%s', 0)
                    assert libc.setns(there, 0) == 0
                    """.formatted(namespace) + script.formatted(PROTECTED, DISCARDED));
        } finally {
            finish(start(List.of("ip", "netns", "del", namespace)));
        }
    }

    @Test
    void launchersAreToldWhatIsWrong() throws Exception {
        Result nobody =
                finish(start(List.of(LAUNCHER.toString(), folder.resolve("none").toString(), "true")));
        assertThat(nobody.status()).isEqualTo(125);
        assertThat(nobody.output()).contains("./sallyport start");

        Result absent = run("no-such-program");
        assertThat(absent.status()).isEqualTo(127);
        assertThat(absent.output()).contains("no-such-program");

        Result nested = run(LAUNCHER.toString(), socket.toString(), "true");
        assertThat(nested.status()).isEqualTo(125);
        assertThat(nested.output()).contains("already");

        assertThat(run("false").status()).isEqualTo(1);
    }

    @Test
    void whoAnnouncesAnotherProcessIsRefused() throws Exception {
        String script = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('" + socket + "')\n"
                + "s.send(b'1 3\\n')\nprint(s.recv(500).decode())";
        assertThat(finish(start(List.of("python3", "-c", script))).output())
                .contains("refused it says it is process 1");

        String noListener = "import os, socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('" + socket + "')\n"
                + "s.send(b'%d 0\\n' % os.getpid())\nprint(s.recv(500).decode())";
        assertThat(finish(start(List.of("python3", "-c", noListener))).output()).contains("refused take-over");
    }

    @Test
    void aContainersStateWithoutItsListenerIsRefused() throws Exception {
        String script = """
                import os, socket
                def announce(state, descriptors):
                    s = socket.socket(socket.AF_UNIX)
                    s.connect('%s')
                    socket.send_fds(s, [state], descriptors)
                    print(s.recv(500))
                pipe, _ = os.pipe()
                announce(b'{"fds":["seccompFd"]}', [])
                announce(b'{"fds":["seccompFd"]}', [pipe])
                announce(b'{"fds":["other"]}', [pipe])
                announce(b'{"fds":["seccompFd"]}', [pipe, pipe])
                """.formatted(socket);
        assertThat(finish(start(List.of("python3", "-c", script))).output().lines())
                .containsOnly("b''")
                .hasSize(4);
        assertThat(park.all()).isEmpty();
    }

    @Test
    void theJavaLauncherDoesTheSame() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-MaxFDLimit",
                "-cp",
                System.getProperty("java.class.path"),
                "org.sallyport.interceptor.launcher.Launcher",
                socket.toString()));
        command.addAll(List.of("curl", "-s", "--max-time", "10", server.url(PROTECTED)));

        assertThat(finish(start(command)).output()).isEqualTo(WebServer.PAGE);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
    }

    @Test
    void theNativeLauncherCarriesTheSameFilter() throws Exception {
        String expected = java.util.HexFormat.of()
                .formatHex(org.sallyport.linux.seccomp.FilterProgram.forArchitecture(
                                org.sallyport.linux.seccomp.Architecture.current())
                        .bytes());

        assertThat(finish(start(List.of(LAUNCHER.toString(), "--print-filter"))).output())
                .isEqualTo(expected);
    }

    private SeccompFrontEnd start() {
        return new SeccompFrontEnd(world.gate(), park, new TestSettings(socket.toString()));
    }

    private String python(String expression) throws Exception {
        return pythonScript("print(" + expression + ")");
    }

    private String pythonScript(String script) throws Exception {
        String prelude = """
                import ctypes, errno, fcntl, os, socket
                PORT, BLOCKING, NONBLOCKING = %d, True, False
                libc = ctypes.CDLL(None, use_errno=True)
                def tcp(blocking):
                    s = socket.socket()
                    s.setblocking(blocking)
                    return s
                def udp():
                    return socket.socket(type=socket.SOCK_DGRAM)
                def attempt(call):
                    try:
                        return 'ok ' + str(call())
                    except OSError as e:
                        return errno.errorcode[e.errno]
                """.formatted(server.port());
        return run("python3", "-c", prelude + script).output();
    }

    private Result run(String... command) throws Exception {
        return finish(launch(List.of(command)));
    }

    private Process launch(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of(LAUNCHER.toString(), socket.toString()));
        all.addAll(command);
        return start(all);
    }

    private Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private record Result(int status, String output) {}

    private static Result finish(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private record TestSettings(String socket) implements FrontEndSettings {
        @Override
        public int maximum_programs() {
            return 16;
        }

        @Override
        public int maximum_programs_per_user() {
            return 16;
        }

        @Override
        public String keeper() {
            return "";
        }

        @Override
        public int keep_for() {
            return 0;
        }

        @Override
        public Class<FrontEndSettings> annotationType() {
            return FrontEndSettings.class;
        }
    }
}
