package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** Two gateways with a router between them whose links are narrower than theirs, one each way. */
@Timeout(240)
class PathMtuTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final int EASTWARD = 1300;
    private static final int WESTWARD = 1260;
    /** AES-GCM in UDP: IP, UDP, ESP header, IV and ICV, and then whole words with the trailer in the last. */
    private static final int EASTWARD_INSIDE = (EASTWARD - 20 - 8 - 8 - 8 - 16) / 4 * 4 - 2;

    private static final int WESTWARD_INSIDE = (WESTWARD - 20 - 8 - 8 - 8 - 16) / 4 * 4 - 2;
    private static final int BULK = 3_000_000;

    private static Lab lab;
    private static Path script;

    @BeforeAll
    static void openLab() throws IOException {
        LabFixture fixture = WATCHER.watch(LabFixture.open(Lab.Plan.standard("pathmtu", PeerKind.SALLYPORT)));
        lab = fixture.lab();
        script = fixture.script("path-mtu.py");
        Namespace wan = lab.network().wan();
        narrow(wan, LabNetwork.GATEWAY_OUTER, LabNetwork.WAN_GATEWAY_DEVICE, EASTWARD);
        narrow(wan, LabNetwork.HOST_OUTER, LabNetwork.WAN_HOST_DEVICE, WESTWARD);
        serve(lab.network().host(), LabNetwork.HOST_INNER, "west.log");
        serve(lab.network().server(), LabNetwork.SERVER, "east.log");
        lab.fetchFromServer();
    }

    /** The router passes on no more than this; its link to us would take more. */
    private static void narrow(Namespace wan, String to, String device, int mtu) {
        wan.ip("route", "add", to + "/32", "dev", device, "mtu", "lock", Integer.toString(mtu));
    }

    private static void serve(Namespace where, String address, String log) {
        Background server = lab.kept(
                where.start(lab.directory().resolve(log), Map.of(), "python3", script.toString(), "serve", address));
        server.awaitOutput("serving", Duration.ofSeconds(10));
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @BeforeEach
    void forget() {
        lab.fetchFromServer();
        for (Namespace who : List.of(
                lab.network().host(), lab.network().gateway(), lab.network().server())) {
            who.ip("route", "flush", "cache");
        }
        Wait.until(
                "paths that nobody knows to be narrow",
                Duration.ofSeconds(10),
                () -> pathMtu(lab.host()) == 1500 && pathMtu(lab.gateway()) == 1500);
    }

    private static int pathMtu(Appliance appliance) {
        String listed = appliance.shell("sallyport:sa-list", "--json");
        try {
            return new ObjectMapper().readTree(listed).path(0).path("path_mtu").asInt();
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException(listed, failure);
        }
    }

    private static String fromHost(String... what) {
        return run(lab.network().host(), what[0], LabNetwork.HOST_INNER, LabNetwork.SERVER, what);
    }

    private static String fromServer(String... what) {
        return run(lab.network().server(), what[0], LabNetwork.SERVER, LabNetwork.HOST_INNER, what);
    }

    private static String run(Namespace where, String what, String local, String remote, String[] all) {
        String[] octets = Arrays.copyOfRange(all, 1, all.length);
        List<String> line = new java.util.ArrayList<>(List.of("python3", script.toString(), what, local, remote));
        line.addAll(List.of(octets));
        return where.command(line.toArray(String[]::new))
                .within(Duration.ofSeconds(40))
                .check()
                .strip();
    }

    @Test
    void programsInsideAreToldWhatFitsExactly() {
        long began = EventLog.now();
        assertThat(fromHost("df")).isEqualTo(EASTWARD_INSIDE + " passes");
        assertThat(pathMtu(lab.host())).isEqualTo(EASTWARD);
        assertThat(lab.host()
                        .journal()
                        .await(began, "path-mtu", Duration.ofSeconds(5))
                        .value("mtu"))
                .isEqualTo(Integer.toString(EASTWARD));
        assertThat(fromServer("df")).isEqualTo(WESTWARD_INSIDE + " passes");
        assertThat(pathMtu(lab.gateway())).isEqualTo(WESTWARD);
        assertThat(lab.gateway().shell("sallyport:drop-list")).contains("too long for the path");
    }

    @Test
    void aStreamThatBeganTooWideArrivesWhole() {
        assertThat(fromHost("tcp", Integer.toString(BULK))).isEqualTo("equal");
        assertThat(pathMtu(lab.host())).isEqualTo(EASTWARD);
        assertThat(pathMtu(lab.gateway())).isEqualTo(WESTWARD);
        assertThat(fromServer("tcp", Integer.toString(BULK))).isEqualTo("equal");
    }

    @Test
    void datagramsThatMayBeFragmentedAreBeforeTheyAreSealed() {
        fromHost("df");
        fromServer("df");
        // The server forgets, and sends pieces as long as its link; its gateway does not.
        lab.network().server().ip("route", "flush", "cache");
        long fragmentedByRouter = fragmentsOf(lab.network().wan());
        long since = EventLog.now();
        for (int octets : new int[] {1200, 1400, 8000, 60_000}) {
            assertThat(fromHost("udp", Integer.toString(octets))).isEqualTo("equal");
            assertThat(fromServer("udp", Integer.toString(octets))).isEqualTo("equal");
        }
        assertThat(lab.outer().settled().stream()
                        .filter(packet ->
                                packet.micros() >= since && packet.esp().isPresent())
                        .mapToInt(PathMtuTest::length))
                .allMatch(length -> length <= EASTWARD)
                .anyMatch(length -> length > WESTWARD - 100);
        assertThat(fragmentsOf(lab.network().wan()) - fragmentedByRouter).isZero();
    }

    private static int length(CapturedPacket packet) {
        return packet.bytes().getShort(2) & 0xffff;
    }

    /** Where the outer header's DF is clear, routers fragment and the receiver's kernel puts together: nobody is told. */
    @Test
    void withoutDfTheRouterFragmentsAndTheOtherGatewayPutsTogether() {
        setDf("clear");
        try {
            long before = fragmentsOf(lab.network().wan());
            assertThat(fromHost("whole", "1350")).isEqualTo("equal");
            assertThat(fromServer("whole", "1350")).isEqualTo("equal");
            assertThat(fragmentsOf(lab.network().wan()) - before).isGreaterThanOrEqualTo(4);
            assertThat(pathMtu(lab.host())).isEqualTo(1500);
        } finally {
            setDf("copy");
        }
    }

    private static void setDf(String df) {
        for (Appliance appliance : List.of(lab.host(), lab.gateway())) {
            long began = EventLog.now();
            appliance.configure(Site.POLICY_FILE, policy(appliance, df));
            appliance.journal().await(began, "policy-generation", Duration.ofSeconds(20));
        }
        Wait.pause(Duration.ofSeconds(1));
    }

    private static String policy(Appliance appliance, String df) {
        try (Stream<String> lines = Files.lines(appliance.etc().resolve(Site.POLICY_FILE))) {
            return Stream.concat(lines.filter(line -> !line.startsWith("df =")), Stream.of("df = " + df, ""))
                    .collect(Collectors.joining("\n"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static long fragmentsOf(Namespace namespace) {
        List<String[]> lines = namespace
                .procNet("snmp")
                .lines()
                .filter(line -> line.startsWith("Ip: "))
                .map(line -> line.split(" ", -1))
                .toList();
        return Long.parseLong(lines.get(1)[Arrays.asList(lines.get(0)).indexOf("FragCreates")]);
    }
}
