package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.peer.FlowStorm;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/**
 * An SA for each of many addresses lives exactly as long as sockets use it. {@code -Dsallyport.sockets} and {@code
 * -Dsallyport.addresses} make it larger: 100,000 sockets over 1,000 SAs is the full size.
 */
@Timeout(900)
class SocketLeasesTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SOCKETS = Integer.getInteger("sallyport.sockets", 20_000);
    private static final int ADDRESSES = Integer.getInteger("sallyport.addresses", 200);
    private static final String NETWORK = "10.2.4.0/22";
    private static final String FIRST = "10.2.4.1";
    private static final int PORT = 9100;
    private static final int ARRIVING = 20;
    /** After this long without a change, counts are what they should be. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private static final Duration LINGER = Duration.ofSeconds(10);

    private static Lab lab;
    private static LabFixture fixture;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("leases", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(plan.host()
                        .withPolicy("local", LabNetwork.HOST_INNER)
                        .withPolicy("remote", NETWORK)
                        .withPolicy("pfp", "remote-address")
                        .withPolicy("hold-time", "30s")
                        .withPolicy("linger", LINGER.toSeconds() + "s"))
                .withGateway(plan.gateway().withPolicy("local", NETWORK).withPolicy("remote", LabNetwork.HOST_INNER))));
        lab = fixture.lab();
        // Every address of the network is the server's.
        lab.network().server().ip("route", "add", "local", NETWORK, "dev", "lo");
        lab.network().gateway().ip("route", "add", NETWORK, "via", LabNetwork.SERVER);
        lab.network().wan().ip("route", "add", NETWORK, "via", LabNetwork.GATEWAY_OUTER);
        lab.kept(FlowStorm.listen(lab.network().server(), "0.0.0.0", PORT));
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    void everySaIsUsedByExactlyTheSocketsThatLive() throws IOException {
        long began = EventLog.now();
        try (Background program = program()) {
            program.awaitOutput("churned", Duration.ofMinutes(10));
            try (Background callers = callers(program)) {
                program.awaitOutput("quiet", Duration.ofMinutes(2));
                usesAreWhatLives();
                assertThat(living()).hasSizeGreaterThanOrEqualTo(ADDRESSES / 2);
                assertThat(lab.host().journal().since(began, "refused")).isEmpty();
                silenceEndsNothing();

                next(program, "closed");
                assertThat(callers.awaitEnd(Duration.ofSeconds(10))).isTrue();
            }
            usesAreWhatLives();
            assertThat(used()).isEmpty();
            whatLingersIsUsedAgainWithoutANegotiation(program);
            next(program, "ended");
        }
        unusedSasEndAtBothEnds();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static Background program() throws IOException {
        return Background.start(
                lab.directory().resolve("sockets.log"),
                Map.of(),
                lab.network()
                        .host()
                        .inside(List.of(
                                lab.launcher().program().toString(),
                                lab.launcher().socket().toString(),
                                "python3",
                                fixture.script("sockets.py").toString(),
                                FIRST,
                                Integer.toString(ADDRESSES),
                                Integer.toString(SOCKETS),
                                Integer.toString(PORT),
                                Integer.toString(ARRIVING))));
    }

    /** Connects to the program from behind the gateway, by addresses for which SAs stand, until the program closes. */
    private static Background callers(Background program) {
        program.awaitOutput("listening", Duration.ofMinutes(2));
        String script = """
                import ipaddress, socket
                first = ipaddress.ip_address("%s")
                made = [socket.create_connection(("10.1.0.1", %d), 10, (str(first + 2 * i), 0)) for i in range(%d)]
                for each in made:
                    each.settimeout(None)
                for each in made:
                    each.recv(1)
                    each.close()
                """.formatted(FIRST, PORT, ARRIVING);
        return Background.start(
                lab.directory().resolve("callers.log"),
                Map.of(),
                lab.network().server().inside(List.of("python3", "-c", script)));
    }

    private static void usesAreWhatLives() {
        Wait.pause(QUIET);
        assertThat(used()).as("use counts a second after everything is quiet").isEqualTo(living());
    }

    /** Longer than an SA lives that nobody uses. */
    private static void silenceEndsNothing() {
        Set<String> before = usedSas();
        Wait.pause(LINGER.plusSeconds(5));
        assertThat(usedSas()).as("SAs of silent sockets").isEqualTo(before);
        assertThat(used()).isEqualTo(living());
    }

    private static void whatLingersIsUsedAgainWithoutANegotiation(Background program) throws IOException {
        assertThat(fixture.hostShell().pairs()).as("unused SAs linger").isNotEmpty();
        long reopens = EventLog.now();
        next(program, "reopened");
        usesAreWhatLives();
        assertThat(lab.host().journal().since(reopens, "child-sa-up")).isEmpty();
        assertThat(lab.host().journal().since(reopens, "held")).isEmpty();
    }

    private static void unusedSasEndAtBothEnds() {
        long ended = System.nanoTime();
        Wait.until("the end of unused SAs", LINGER.plusSeconds(30), () -> fixture.hostShell()
                .pairs()
                .isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - ended)).isGreaterThan(LINGER.minusSeconds(1));
        Wait.until("the end at the peer", Duration.ofSeconds(10), () -> fixture.gatewayShell()
                .pairs()
                .isEmpty());
    }

    private static void next(Background program, String answer) throws IOException {
        program.input().write('\n');
        program.input().flush();
        program.awaitOutput(answer, Duration.ofSeconds(30));
    }

    private static Set<String> usedSas() {
        Set<String> names = new HashSet<>();
        rows("sallyport:sa-list").forEach(row -> {
            if (row.path("uses").asInt() > 0) {
                names.add(row.path("sa").asText());
            }
        });
        return names;
    }

    /** Sockets by remote address as the appliance counts them, without SAs that nobody uses. */
    private static Map<String, Integer> used() {
        Map<String, Integer> uses = new TreeMap<>();
        for (JsonNode row : rows("sallyport:sa-list")) {
            String remote = row.path("selectors").asText().split(" === ", 2)[1];
            if (row.path("state").asText().equals("active") && row.path("uses").asInt() > 0) {
                uses.merge(remote, row.path("uses").asInt(), Math::max);
            }
        }
        return uses;
    }

    /** Sockets by remote address as the kernel lists them, of those that a process has open. */
    private static Map<String, Integer> living() {
        Set<String> open = openInodes();
        Map<String, Integer> sockets = new TreeMap<>();
        for (String table : List.of("tcp", "udp")) {
            lab.network().host().procNet(table).lines().skip(1).forEach(line -> {
                String[] words = line.strip().split("\\s+", -1);
                String remote = address(words[2].substring(0, 8));
                if (remote.startsWith("10.2.") && open.contains(words[9])) {
                    sockets.merge(remote, 1, Integer::sum);
                }
            });
        }
        return sockets;
    }

    private static Set<String> openInodes() {
        Set<String> inodes = new HashSet<>();
        for (long process : lab.network().host().processes()) {
            try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process), "fd"))) {
                for (Path descriptor : descriptors.toList()) {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                }
            } catch (IOException gone) {
                // The process, or its descriptor, went while it was looked at.
            }
        }
        return inodes;
    }

    /** From the kernel's notation: hexadecimal, the first octet last. */
    private static String address(String hexadecimal) {
        int value = Integer.reverseBytes(Integer.parseUnsignedInt(hexadecimal, 16));
        return (value >>> 24) + "." + (value >>> 16 & 0xff) + "." + (value >>> 8 & 0xff) + "." + (value & 0xff);
    }

    private static Iterable<JsonNode> rows(String command) {
        try {
            return JSON.readTree(lab.host().shell(command, "--json"));
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
