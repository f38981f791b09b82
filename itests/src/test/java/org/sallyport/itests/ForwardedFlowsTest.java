package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.peer.FlowStorm;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.TcpCounters;

/** A gateway of ours starts the SA for flows that it forwards, and parks them meanwhile. */
@Timeout(240)
class ForwardedFlowsTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final Pattern PARKED_AND_GONE =
            Pattern.compile("packets .*tcp 10.1.0.1:.* > 10.2.0.2:8080 .*(released|ended) after");
    private static final int PORT = 9000;
    private static final int FLOWS = 1000;
    private static final int CONNECTIONS = FLOWS / 2;
    /** Two round trips of IKE, each message under way for a quarter. */
    private static final int IKE_MESSAGES = 4;

    private static final int AFTER_IKE_MILLIS = 30;
    private static final int ROUNDS = 3;
    /** Storms until the code that parks and releases is compiled, as it is in an appliance that has run for a while. */
    private static final int WARM_UP = 12;

    private static Lab lab;
    private static LabFixture fixture;
    private static FlowStorm storm;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("forward", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(plan.host().withPolicy("hold-time", "30s"))
                .withGateway(plan.gateway().withPolicy("hold-time", "30s"))));
        lab = fixture.lab();
        storm = lab.kept(FlowStorm.listen(lab.network().host(), LabNetwork.HOST_INNER, PORT));
        lab.fetchFromServer();
        forgetSas();
        for (int i = 0; i < WARM_UP; i++) {
            storm(Duration.ofSeconds(10));
            forgetSas();
        }
    }

    /** What the same storm takes on this line when the SA stands: two cores carry it through four namespaces. */
    private static FlowStorm.Report withStandingSa() {
        lab.fetchFromServer();
        storm(Duration.ofSeconds(10));
        Wait.pause(
                Duration.ofSeconds(1)); // The end of a thousand flows is not to be timed with the beginning of others.
        FlowStorm.Report report = storm(Duration.ofSeconds(10));
        forgetSas();
        return report;
    }

    private static FlowStorm.Report storm(Duration patience) {
        return storm.run(
                lab.network().server(), List.of(LabNetwork.SERVER), CONNECTIONS, FLOWS - CONNECTIONS, 3, patience);
    }

    @AfterEach
    void quiet() {
        forgetSas();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    /** Again and again: what closing connections still say to each other starts an SA anew. */
    private static void forgetSas() {
        Wait.until("no SA on either side", Duration.ofSeconds(40), () -> {
            fixture.hostShell().deleteIke();
            Wait.pause(Duration.ofSeconds(1));
            return fixture.hostShell().hasNoSas() && fixture.gatewayShell().hasNoSas();
        });
    }

    @Test
    void aForwardedConnectionStartsTheSa() {
        Fetch fetch = lab.fetchFromServer();

        assertThat(fetch.httpStatus()).isEqualTo(200);
        assertThat(fetch.connectMillis()).isLessThan(1000);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void aProgramThatNoLauncherStartedIsServedBelowTcp() {
        long repeated = TcpCounters.of(lab.network().host()).retransmitted();
        long began = EventLog.now();

        Fetch fetch = Fetch.run(
                lab.network().host(), Optional.empty(), "http://" + LabNetwork.SERVER + ":" + Lab.HTTP_PORT + "/");

        assertThat(fetch.httpStatus()).isEqualTo(200);
        assertThat(fetch.connectMillis()).isLessThan(1000);
        assertThat(TcpCounters.of(lab.network().host()).retransmitted()).isEqualTo(repeated);
        assertThat(synsBefore(lab.host().journal().await(began, "child-sa-up", Duration.ofSeconds(5)), began))
                .as("nothing holds its connect(): TCP has begun before there is an SA")
                .isEqualTo(1);
        // The packets go first, the account of it follows.
        Wait.until("the account of what was parked", Duration.ofSeconds(5), () -> PARKED_AND_GONE
                .matcher(lab.host().shell("sallyport:held-list", "--recent"))
                .find());
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static long synsBefore(JournalEvent saUp, long began) {
        return lab.inner()
                .count(packet -> packet.isSyn() && packet.micros() >= began && packet.micros() < saUp.micros());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 300, 1700, 5000})
    void everyFirstPacketArrivesInOrderAndOnce(int ikeMillis) {
        boolean timed = ikeMillis <= 300;
        List<Double> afterIke = new ArrayList<>();
        try (Slow _ = new Slow(Duration.ofMillis(ikeMillis))) {
            for (int round = 0; round < (timed ? ROUNDS : 1); round++) {
                afterIke.add(everyFirstPacketArrives());
            }
        }
        if (timed) {
            assertThat(afterIke.stream().sorted().toList().get(ROUNDS / 2))
                    .as("milliseconds after IKE in %s", afterIke)
                    .isLessThan(AFTER_IKE_MILLIS);
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    /** Returns how long half of the connections took beyond IKE and the same storm with a standing SA, in milliseconds. */
    private static double everyFirstPacketArrives() {
        FlowStorm.Report standing = withStandingSa();
        long began = EventLog.now();
        FlowStorm.Report report = storm(Duration.ofSeconds(25));
        double ike = ikeTook(began);
        System.out.printf(
                "IKE took %.0f ms; %d connections: median %.0f ms, with a standing SA %.0f ms; the last %.0f ms%n",
                ike, report.connected(), report.percentile(50), standing.percentile(50), report.percentile(100));
        assertThat(report.connected()).isEqualTo(CONNECTIONS);
        assertThat(report.received()).as(() -> losses()).isEqualTo(report.datagrams());
        assertThat(report.duplicated()).isZero();
        assertThat(report.reordered()).isZero();
        forgetSas();
        return report.percentile(50) - ike - standing.percentile(50);
    }

    @Test
    void tenTimesAsManyStayWithinTheBoundsAndNobodyIsStarved() throws InterruptedException {
        List<String> greedySource = List.of(LabNetwork.SERVER);
        String other = "10.2.0.77";
        lab.network().server().ip("address", "add", other + "/24", "dev", LabNetwork.WAN_GATEWAY_DEVICE);
        try (Slow _ = new Slow(Duration.ofMillis(400));
                FlowStorm second = FlowStorm.listen(lab.network().host(), LabNetwork.HOST_INNER, PORT + 1)) {
            Thread greedy = Thread.ofPlatform()
                    .start(() -> storm.run(
                            lab.network().server(), greedySource, 5 * FLOWS, 5 * FLOWS, 2, Duration.ofSeconds(15)));
            Wait.pause(Duration.ofMillis(50));
            FlowStorm.Report modest =
                    second.run(lab.network().server(), List.of(other), 50, 50, 2, Duration.ofSeconds(15));
            greedy.join();

            assertThat(modest.connected()).isEqualTo(50);
            assertThat(modest.received()).isEqualTo(modest.datagrams());
        }
        assertThat(lab.gateway().log()).doesNotContain("Exception");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void whoUsesAnSaIsKnownOnBothSides() throws IOException {
        String port;
        try (ServerSocketChannel server = lab.network().host().call(() -> ServerSocketChannel.open()
                        .bind(new InetSocketAddress(LabNetwork.HOST_INNER, PORT + 2)));
                SocketChannel client = lab.network()
                        .server()
                        .call(() -> SocketChannel.open(new InetSocketAddress(LabNetwork.HOST_INNER, PORT + 2)));
                SocketChannel accepted = server.accept()) {
            port = Integer.toString(((InetSocketAddress) client.getLocalAddress()).getPort());
            assertThat(accepted.isConnected()).isTrue();
            String ofClient = ":" + port;
            Wait.until("the socket's lease", Duration.ofSeconds(5), () -> leases(lab.host(), ofClient)
                    .contains("socket"));
            assertThat(leases(lab.gateway(), ":" + port)).contains("flow tcp 10.2.0.2:" + port + " > 10.1.0.1:9002");
            // A socket that is merely silent keeps its SA.
            Wait.pause(Duration.ofSeconds(3));
            assertThat(leases(lab.host(), ":" + port)).contains("socket");
        }
        String flow = ":" + port;
        Wait.until("the end of the socket's lease", Duration.ofSeconds(5), () -> leases(lab.host(), flow)
                .isEmpty());
        Wait.until("the end of the flow's lease", Duration.ofSeconds(20), () -> leases(lab.gateway(), ":9002")
                .isEmpty());
    }

    private static String leases(Appliance appliance, String with) {
        return appliance
                .shell("sallyport:lease-list")
                .lines()
                .filter(line -> line.contains(with))
                .collect(Collectors.joining("\n"));
    }

    /** A line on which IKE takes its time; without any there is no relay on the way. */
    private static final class Slow implements AutoCloseable {
        private final Optional<Relay> relay;

        Slow(Duration ike) {
            relay = ike.isZero()
                    ? Optional.empty()
                    : Optional.of(lab.relay(1, Optional.empty()).ikeOnly());
            relay.ifPresent(r -> r.both(Impairment.NONE.withIkeDelay(ike.dividedBy(IKE_MESSAGES))));
        }

        @Override
        public void close() {
            relay.ifPresent(Relay::close);
        }
    }

    /** Where packets were lost, in the words of whoever lost them. */
    private static String losses() {
        return Stream.of(lab.gateway(), lab.host())
                        .map(appliance -> appliance.shell("sallyport:drop-list"))
                        .collect(Collectors.joining("\n"))
                + lab.network().gateway().ip("-s", "link", "show", Lab.INNER_DEVICE)
                + lab.network()
                        .host()
                        .procNet("snmp")
                        .lines()
                        .filter(line -> line.startsWith("Udp:"))
                        .collect(Collectors.joining("\n"));
    }

    /** From the first IKE message to the SA, in milliseconds. */
    private static double ikeTook(long since) {
        JournalEvent sent = lab.gateway().journal().since(since, "ike-sent").getFirst();
        JournalEvent up = lab.gateway().journal().since(since, "child-sa-up").getFirst();
        return (up.micros() - sent.micros()) / 1e3;
    }
}
