package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** Two appliances with Child SAs of their own for a traffic class, and then for each worker (RFC 9611). */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharesTest {
    private static final String SECRET = "one for each of them";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int EF = 46;
    private static final String CLASSIFIER = "org.sallyport.classifier.cfg";
    private static final String SEND = """
            import socket, sys
            for port in range(40000, 40032):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flow:
                    flow.bind((sys.argv[1], port))
                    flow.sendto(b"clear text?", (sys.argv[2], 9))
            """;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Site host = Site.host(SECRET).withPolicy("dscp-sas", "ef; af41").withFile(CLASSIFIER, "workers = 2\n");
        Site gateway = Site.gateway(SECRET).withPolicy("dscp-sas", "ef; af41").withFile(CLASSIFIER, "workers = 2\n");
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("shares", PeerKind.SALLYPORT).withHost(host).withGateway(gateway)));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static void ping(int dscp, int count) {
        lab.network()
                .host()
                .command(
                        "ping",
                        "-n",
                        "-c",
                        Integer.toString(count),
                        "-i",
                        "0.2",
                        "-W",
                        "5",
                        "-Q",
                        Integer.toString(dscp << 2),
                        "-I",
                        LabNetwork.HOST_INNER,
                        LabNetwork.SERVER)
                .within(SOON)
                .check();
    }

    /** The SPIs of what came from there since then, with this DSCP outside. */
    private static Set<Integer> spis(String from, int dscp, long since) {
        return lab.outer().settled().stream()
                .filter(packet -> packet.micros() >= since && packet.esp().isPresent())
                .filter(packet -> packet.source().getHostAddress().equals(from))
                .filter(packet -> dscp(packet) == dscp)
                .map(packet -> packet.esp().orElseThrow().spi())
                .collect(Collectors.toSet());
    }

    private static int dscp(CapturedPacket packet) {
        return packet.bytes().get(1) >> 2 & 0x3f;
    }

    private static String share(Appliance appliance, long since, String share) {
        return appliance
                .journal()
                .await(since, "child-sa-up", SOON, event -> event.value("share").equals(share))
                .value("spi_out");
    }

    @Test
    @Order(1)
    void aTrafficClassComesToGoByItsOwnSaAndLosesNothing() {
        long began = EventLog.now();
        lab.fetchFromServer();
        ping(EF, 1);
        share(lab.host(), began, "dscp 46");
        share(lab.gateway(), began, "dscp 46");
        Set<Integer> ordinary = spis(LabNetwork.HOST_OUTER, 0, began);
        assertThat(spis(LabNetwork.HOST_OUTER, EF, began)).isSubsetOf(ordinary).hasSize(1);

        long then = EventLog.now();
        ping(EF, 5);
        ping(0, 5);
        for (String side : List.of(LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER)) {
            assertThat(spis(side, EF, then)).hasSize(1).doesNotContainAnyElementsOf(spis(side, 0, then));
        }
        assertThat(spis(LabNetwork.HOST_OUTER, 0, then)).isSubsetOf(ordinary);
        assertThat(lab.host().shell("sallyport:sa-list", "--json")).contains("\"dscp 46\"");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(2)
    void theyOutliveTheBundlesThatCarryAndNegotiateThem() {
        long began = EventLog.now();
        for (Appliance appliance : List.of(lab.host(), lab.gateway())) {
            appliance.shell("bundle:restart", "org.sallyport.classifier");
            appliance.shell("bundle:restart", "org.sallyport.ike");
        }
        ping(EF, 3);
        ping(0, 3);
        Set<Integer> urgent = spis(LabNetwork.HOST_OUTER, EF, began);
        assertThat(urgent).hasSize(1).doesNotContainAnyElementsOf(spis(LabNetwork.HOST_OUTER, 0, began));
        assertThat(lab.host().journal().since(began, "child-sa-up")).isEmpty();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(3)
    void theyEndTogether() {
        fixture.forgetSas();
        Wait.until("no SA on the gateway", SOON, () -> SaRow.list(lab.gateway()).isEmpty());
        long then = EventLog.now();
        ping(EF, 3);
        share(lab.host(), then, "dscp 46");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    /** The kernel spreads flows over the queues of the workers. */
    @Test
    @Order(4)
    void eachWorkerComesToSealByItsOwn() {
        for (Appliance appliance : List.of(lab.host(), lab.gateway())) {
            long since = EventLog.now();
            appliance.configure(Site.POLICY_FILE, byWorker(appliance));
            appliance.journal().await(since, "policy-generation", SOON);
        }
        fixture.forgetSas();
        long began = EventLog.now();
        lab.fetchFromServer();
        send();
        share(lab.host(), began, "worker 1");
        long then = EventLog.now();
        send();
        assertThat(spis(LabNetwork.HOST_OUTER, 0, then)).hasSize(2);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static void send() {
        lab.network()
                .host()
                .command("python3", "-c", SEND, LabNetwork.HOST_INNER, LabNetwork.SERVER)
                .within(SOON)
                .check();
    }

    private static String byWorker(Appliance appliance) {
        try (Stream<String> lines = Files.lines(appliance.etc().resolve(Site.POLICY_FILE))) {
            return Stream.concat(lines.filter(line -> !line.startsWith("dscp-sas")), Stream.of("worker-sas = on", ""))
                    .collect(Collectors.joining("\n"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
