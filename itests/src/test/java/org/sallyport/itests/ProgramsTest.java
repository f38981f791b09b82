package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** The programs people run, unmodified: their first packet waits for the SA, goes out once, and they notice nothing. */
@Timeout(120)
class ProgramsTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final Duration SOON = Duration.ofSeconds(10);
    /** Long enough to see who waits for it, and shorter than TCP's own patience of a second. */
    private static final Duration IKE = Duration.ofMillis(200);
    /** Two round trips of IKE, each message under way for a quarter. */
    private static final int IKE_MESSAGES = 4;

    private static final String SERVER = LabNetwork.SERVER;
    private static final String PAGE = "http://" + SERVER + ":" + Lab.HTTP_PORT + "/";
    private static final int CLOSED_PORT = 9;
    private static final int ECHO_PORT = 9100;
    private static final int DNS_PORT = 9053;
    private static final int SSH_PORT = 9022;
    private static final int PROXY_PORT = 9080;
    private static final int FORKED_PORT = 9081;

    private static LabFixture fixture;
    private static Lab lab;
    private static Relay relay;

    /** Where a program's first packet waits. */
    private enum Waits {
        /** Its call is held: TCP has not begun. */
        ABOVE_TCP,
        /** It does not wait for its calls, so the packet does. */
        BELOW_TCP
    }

    /** A program that opens one connection or more, and prints what it got. */
    private record Program(String name, Waits waits, String expected, List<String> command) {
        static Program of(String name, Waits waits, String... command) {
            return new Program(name, waits, WebServer.CANARY, List.of(command));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void openLab() throws IOException {
        fixture = WATCHER.watch(LabFixture.open("programs", PeerKind.SALLYPORT));
        lab = fixture.lab();
        relay = lab.relay(1, Optional.empty()).ikeOnly();
        Background datagrams = lab.kept(inside(
                "python3",
                fixture.script("datagram-servers.py").toString(),
                SERVER,
                Integer.toString(ECHO_PORT),
                Integer.toString(DNS_PORT)));
        datagrams.awaitOutput("listening", SOON);
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @BeforeEach
    void withoutSas() {
        relay.both(Impairment.NONE.withIkeDelay(IKE.dividedBy(IKE_MESSAGES)));
        fixture.forgetSas();
    }

    static Stream<Program> clients() {
        String port = Integer.toString(Lab.HTTP_PORT);
        return Stream.of(
                Program.of("curl", Waits.BELOW_TCP, "curl", "-sS", PAGE),
                Program.of("wget", Waits.ABOVE_TCP, "wget", "-q", "-O-", PAGE),
                Program.of("a static binary", Waits.ABOVE_TCP, "/bin/busybox", "wget", "-q", "-O-", PAGE),
                Program.of(
                        "Python",
                        Waits.ABOVE_TCP,
                        "python3",
                        "-c",
                        "import urllib.request as r; print(r.urlopen('%s').read().decode())".formatted(PAGE)),
                Program.of("Python asyncio", Waits.BELOW_TCP, "python3", "-c", """
                        import asyncio
                        async def main():
                            reader, writer = await asyncio.open_connection("%s", %s)
                            writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
                            print((await reader.read()).decode())
                        asyncio.run(main())
                        """.formatted(SERVER, port)),
                Program.of(
                        "node",
                        Waits.BELOW_TCP,
                        "node",
                        "-e",
                        "fetch('%s').then(r => r.text()).then(console.log)".formatted(PAGE)),
                Program.of("Java Socket", Waits.ABOVE_TCP, java(JvmClient.Api.SOCKET, Lab.HTTP_PORT)),
                Program.of("Java NIO", Waits.BELOW_TCP, java(JvmClient.Api.NIO, Lab.HTTP_PORT)),
                Program.of("Java HttpClient", Waits.BELOW_TCP, java(JvmClient.Api.HTTP_CLIENT, Lab.HTTP_PORT)),
                Program.of(
                        "Chromium",
                        Waits.BELOW_TCP,
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--user-data-dir=" + lab.directory().resolve("chromium"),
                        "--dump-dom",
                        PAGE));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aClientsFirstSynGoesOutOnceAndAfterTheSa(Program program) {
        Beginnings beginnings = Beginnings.from(lab);

        String output = run(program.command());

        assertThat(output).contains(program.expected());
        beginnings.wereOnceAndAfterTheSa();
        if (program.waits() == Waits.ABOVE_TCP) {
            beginnings.wereHeldAboveTcp();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void theBinaryThatIsCalledStaticIs() {
        assertThat(Command.of("ldd", "/bin/busybox").run().errors()).contains("not a dynamic executable");
    }

    @Test
    void aJvmsDatagramIsSentOnce() {
        Beginnings beginnings = Beginnings.from(lab);

        assertThat(run(List.of(java(JvmClient.Api.DATAGRAM_CHANNEL, ECHO_PORT))))
                .isEqualTo("hello\n");

        assertThat(beginnings.datagramsTo(ECHO_PORT)).isEqualTo(1);
        beginnings.wereAfterTheSa();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void aResolverAsksOnce() {
        Beginnings beginnings = Beginnings.from(lab);

        assertThat(run(List.of("dig", "@" + SERVER, "-p", Integer.toString(DNS_PORT), "+short", "server.example")))
                .isEqualTo(SERVER + "\n");

        assertThat(beginnings.datagramsTo(DNS_PORT)).isEqualTo(1);
        beginnings.wereAfterTheSa();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void pingLosesNotItsFirstEcho() {
        Beginnings beginnings = Beginnings.from(lab);

        assertThat(run(List.of("ping", "-n", "-c", "3", "-i", "0.2", SERVER)))
                .contains("3 packets transmitted, 3 received, 0% packet loss")
                .doesNotContain("DUP!");

        beginnings.wereAfterTheSa();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void sshLogsIn(@TempDir Path directory) {
        Path hostKey = key(directory, "host");
        Path userKey = key(directory, "user");
        Command.of("install", "-d", "-m", "755", "/run/sshd").check();
        Background server = inside(
                "/usr/sbin/sshd",
                "-D",
                "-e",
                "-f",
                "/dev/null",
                "-h",
                hostKey.toString(),
                "-o",
                "ListenAddress=" + SERVER + ":" + SSH_PORT,
                "-o",
                "AuthorizedKeysFile=" + userKey + ".pub",
                "-o",
                "StrictModes=no",
                "-o",
                "PidFile=none");
        try (server) {
            server.awaitOutput("Server listening", SOON);
            Beginnings beginnings = Beginnings.from(lab);

            assertThat(run(List.of(
                            "ssh",
                            "-F",
                            "none",
                            "-i",
                            userKey.toString(),
                            "-p",
                            Integer.toString(SSH_PORT),
                            "-o",
                            "StrictHostKeyChecking=no",
                            "-o",
                            "UserKnownHostsFile=/dev/null",
                            "-o",
                            "BatchMode=yes",
                            "root@" + SERVER,
                            "echo logged in")))
                    .isEqualTo("logged in\n");

            beginnings.wereOnceAndAfterTheSa();
            beginnings.wereHeldAboveTcp();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static Path key(Path directory, String name) {
        Path file = directory.resolve(name);
        Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString())
                .check();
        return file;
    }

    @Test
    void nginxOpensItsUpstreamConnections(@TempDir Path directory) throws IOException {
        Path configuration =
                Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                user root;
                pid %1$s/nginx.pid;
                error_log stderr notice;
                events {}
                http {
                    access_log off;
                    proxy_temp_path %1$s/proxy;
                    client_body_temp_path %1$s/body;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        location / { proxy_pass %3$s; }
                    }
                }
                """.formatted(directory, PROXY_PORT, PAGE));
        try (Background nginx = underInterceptor("nginx", "-p", directory.toString(), "-c", configuration.toString())) {
            nginx.awaitOutput("start worker process ", SOON);
            Beginnings beginnings = Beginnings.from(lab);

            Fetch fetch = Fetch.run(lab.network().host(), Optional.empty(), "http://127.0.0.1:" + PROXY_PORT + "/");

            assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
            beginnings.wereOnceAndAfterTheSa();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void aForkedServerAnswers() {
        String script = """
                import socketserver
                class Answer(socketserver.StreamRequestHandler):
                    def handle(self):
                        self.wfile.write(b"HTTP/1.0 200 OK\\r\\n\\r\\nforked\\n")
                class Server(socketserver.ForkingTCPServer):
                    allow_reuse_address = True
                with Server(("%s", %d), Answer) as server:
                    print("listening", flush=True)
                    server.serve_forever()
                """.formatted(LabNetwork.HOST_INNER, FORKED_PORT);
        try (Background server = underInterceptor("python3", "-c", script)) {
            server.awaitOutput("listening", SOON);
            Beginnings beginnings = Beginnings.from(lab);

            Fetch fetch = Fetch.run(
                    lab.network().server(),
                    Optional.empty(),
                    "http://" + LabNetwork.HOST_INNER + ":" + FORKED_PORT + "/");

            assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
            beginnings.wereOnceAndAfterTheSa();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void postgresIsServedAsClientAndAsServer(@TempDir Path directory) throws IOException {
        Postgres postgres = Postgres.in(directory);
        try (Background server = inside(postgres.serve(SERVER))) {
            server.awaitOutput("ready to accept connections", SOON);
            Beginnings beginnings = Beginnings.from(lab);

            assertThat(run(postgres.ask(SERVER))).isEqualTo("42\n");

            beginnings.wereOnceAndAfterTheSa();
        }
        fixture.forgetSas();
        try (Background server = underInterceptor(postgres.serve(LabNetwork.HOST_INNER))) {
            server.awaitOutput("ready to accept connections", SOON);
            Beginnings beginnings = Beginnings.from(lab);

            assertThat(Command.of(lab.network().server().inside(postgres.ask(LabNetwork.HOST_INNER)))
                            .within(SOON)
                            .check())
                    .isEqualTo("42\n");

            beginnings.wereOnceAndAfterTheSa();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    /** A database in a directory, run by the user that Debian gives it. */
    private record Postgres(Path directory) {
        static Postgres in(Path directory) throws IOException {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Command.of("chown", "postgres", directory.toString()).check();
            Command.of(as(program("initdb"), "-D", directory + "/data", "-A", "trust", "--no-sync", "-E", "UTF8"))
                    .within(Duration.ofSeconds(60))
                    .check();
            Files.writeString(
                    directory.resolve("data/pg_hba.conf"),
                    "host all all 10.0.0.0/8 trust\n",
                    StandardOpenOption.APPEND);
            return new Postgres(directory);
        }

        String[] serve(String address) throws IOException {
            return as(program("postgres"), "-D", directory + "/data", "-h", address, "-k", directory.toString())
                    .toArray(String[]::new);
        }

        List<String> ask(String address) {
            return List.of("psql", "-h", address, "-U", "postgres", "-At", "-c", "select 6 * 7");
        }

        private static List<String> as(String... command) {
            return Stream.concat(
                            Stream.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"),
                            Stream.of(command))
                    .toList();
        }

        private static String program(String name) throws IOException {
            try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
                return versions.map(version -> version.resolve("bin").resolve(name))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow()
                        .toString();
            }
        }
    }

    /** The runtime itself brings the container under the interceptor: linux.seccomp.listenerPath. */
    @Test
    void aContainerNeedsNoLauncher(@TempDir Path bundle) throws IOException {
        Path programs = Files.createDirectories(bundle.resolve("rootfs/bin"));
        Files.createDirectories(bundle.resolve("rootfs/proc"));
        Files.copy(Path.of("/bin/busybox"), programs.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(
                bundle.resolve("config.json"),
                Files.readString(fixture.script("container.json"))
                        .replace("PAGE", PAGE)
                        .replace("SOCKET", lab.launcher().socket().toString()));
        // Not "ip netns exec", which hides the control groups from the runtime.
        List<String> runc = List.of(
                "nsenter",
                "--net=/run/netns/" + lab.network().host().name(),
                "runc",
                "--root",
                bundle.resolve("state").toString(),
                "run",
                "--bundle",
                bundle.toString(),
                "sallyport-" + ProcessHandle.current().pid());
        Beginnings beginnings = Beginnings.from(lab);

        assertThat(Command.of(runc).within(SOON).check()).contains(WebServer.CANARY);

        beginnings.wereOnceAndAfterTheSa();
        beginnings.wereHeldAboveTcp();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void aClosedPortIsRefusedByItsOwnReset() {
        assertThat(python("""
                try:
                    socket.create_connection(("%s", %d))
                except ConnectionRefusedError:
                    print("refused")
                """.formatted(SERVER, CLOSED_PORT))).isEqualTo("refused\n");
    }

    @Test
    void programsKeepTheirOwnTimeOuts() {
        relay.both(Impairment.NONE.withLoss(1));

        Command.Result curl = underInterceptorFor("curl", "-sS", "--connect-timeout", "1", PAGE);
        assertThat(curl.status()).as(curl.errors()).isEqualTo(28);
        assertThat(curl.millis()).isBetween(900L, 2500L);

        Command.Result wget = underInterceptorFor("wget", "-q", "--tries=1", "--connect-timeout=1", "-O-", PAGE);
        assertThat(wget.status()).as(wget.errors()).isEqualTo(4);
        assertThat(wget.millis()).isBetween(900L, 2500L);

        Command.Result java = underInterceptorFor(java(JvmClient.Api.SOCKET_TIMEOUT, Lab.HTTP_PORT));
        assertThat(java.errors()).contains("SocketTimeoutException");

        assertThat(python("""
                began = time.monotonic()
                try:
                    socket.create_connection(("%s", %d), timeout=0.7)
                except TimeoutError:
                    print(0.6 < time.monotonic() - began < 1.5)
                """.formatted(SERVER, Lab.HTTP_PORT))).isEqualTo("True\n");
    }

    @Test
    void programsKeepTheirSignals() {
        relay.both(Impairment.NONE.withLoss(1));

        assertThat(python("""
                class Rung(Exception): pass
                def ring(*_): raise Rung
                signal.signal(signal.SIGALRM, ring)
                signal.setitimer(signal.ITIMER_REAL, 0.5)
                began = time.monotonic()
                try:
                    socket.create_connection(("%s", %d))
                except Rung:
                    print(0.4 < time.monotonic() - began < 1.5)
                """.formatted(SERVER, Lab.HTTP_PORT))).isEqualTo("True\n");

        Command.Result interrupted = underInterceptorFor("timeout", "--signal=INT", "0.5", "wget", "-q", "-O-", PAGE);
        assertThat(interrupted.status()).isEqualTo(124);
        assertThat(interrupted.millis()).isLessThan(2000);
    }

    private static String python(String script) {
        return run(List.of("python3", "-c", "import signal, socket, time\n" + script));
    }

    private static String run(List<String> command) {
        return lab.underInterceptor(command.toArray(String[]::new))
                .within(Duration.ofSeconds(30))
                .check();
    }

    private static Command.Result underInterceptorFor(String... command) {
        return lab.underInterceptor(command).within(Duration.ofSeconds(30)).run();
    }

    /** A program on the host that runs until it is closed. */
    private static Background underInterceptor(String... command) {
        return Background.start(
                log(command), Map.of(), lab.underInterceptor(command).arguments());
    }

    /** A program behind the second gateway that runs until it is closed; nothing intercepts it. */
    private static Background inside(String... command) {
        return Background.start(log(command), Map.of(), lab.network().server().inside(List.of(command)));
    }

    private static Path log(String... command) {
        return lab.directory().resolve(Path.of(command[0]).getFileName() + "-" + System.nanoTime() + ".log");
    }

    private static String[] java(JvmClient.Api api, int port) {
        return new String[] {
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            "target/test-classes",
            JvmClient.class.getName(),
            api.name(),
            SERVER,
            Integer.toString(port)
        };
    }
}
