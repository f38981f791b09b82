package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.Witness;

/** A program that does not wait for its requests goes on while they wait below TCP and UDP; nothing is lost or doubled. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EventLoopTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration HOLD_TIME = Duration.ofSeconds(9);
    private static final int CONNECTS = 100;
    private static final int DATAGRAMS = 20;
    private static final int UDP_PORT = 9100;
    /** Two round trips of IKE, each message under way for a quarter. */
    private static final int IKE_MESSAGES = 4;

    /** Of a loop that makes a hundred connects between two beats; one that is held stands still as long as IKE takes. */
    private static final double WORST_BEAT_MILLIS = 600;

    private static final double MEDIAN_BEAT_MILLIS = 20;

    private static LabFixture fixture;
    private static Lab lab;
    private static Relay relay;
    private static Background receiver;
    private static Witness farSide;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("event-loop", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(
                LabFixture.open(plan.withHost(plan.host().withPolicy("hold-time", HOLD_TIME.toSeconds() + "s"))));
        lab = fixture.lab();
        relay = lab.relay(7, Optional.empty()).ikeOnly();
        receiver = lab.kept(receiver());
        receiver.awaitOutput("listening", SOON);
        farSide =
                lab.kept(Witness.start(lab.network().server(), LabNetwork.WAN_GATEWAY_DEVICE, lab.directory(), "tcp"));
    }

    @AfterEach
    void withoutSas() {
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        relay.both(Impairment.NONE);
        fixture.forgetSas();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    /** The very first thing that is asked of an appliance that has just started. */
    @Test
    @Order(1)
    void anEventLoopGoesOnBeatingWhileAHundredOfItsConnectsWait() throws IOException {
        Duration ike = Duration.ofSeconds(2);
        ikeTakes(ike);

        JsonNode report = eventLoop();

        assertThat(report.at("/outcomes/connected").asInt()).isEqualTo(CONNECTS);
        assertThat(report.get("connect_ms_median").asDouble()).isBetween(1.0 * ike.toMillis(), 1000.0 + ike.toMillis());
        assertThat(report.get("late_ms_worst").asDouble()).isLessThan(WORST_BEAT_MILLIS);
        assertThat(report.get("late_ms_median").asDouble()).isLessThan(MEDIAN_BEAT_MILLIS);
        assertThat(lab.host().shell("sallyport:held-list", "--recent")).containsPattern("packets .*python3");
    }

    @Test
    @Order(2)
    void anEventLoopIsRefusedByAResetWhenNoSaCanBe() throws IOException {
        relay.both(Impairment.NONE.withLoss(1));

        JsonNode report = eventLoop();

        assertThat(report.at("/outcomes/ConnectionRefusedError").asInt()).isEqualTo(CONNECTS);
        assertThat(report.get("connect_ms_median").asDouble())
                .isBetween(HOLD_TIME.toMillis() - 1000.0, HOLD_TIME.toMillis() + 2000.0);
        assertThat(report.get("late_ms_worst").asDouble()).isLessThan(WORST_BEAT_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 300, 1700, 5000})
    @Order(3)
    void noFirstPacketIsLostOrDoubledHoweverLongIkeTakes(int ikeMillis) throws IOException {
        ikeTakes(Duration.ofMillis(ikeMillis));
        everyFirstPacketArrivesOnce();
    }

    @Test
    @Order(4)
    void noFirstPacketIsLostOrDoubledWhenIkeIsRetransmitted() throws IOException, InterruptedException {
        long began = EventLog.now();
        relay.both(Impairment.NONE.withLoss(1));
        Thread mended = Thread.ofPlatform().start(() -> {
            Wait.pause(Duration.ofMillis(1500));
            relay.both(Impairment.NONE);
        });

        everyFirstPacketArrivesOnce();

        mended.join();
        assertThat(lab.host().journal().since(began, "ike-sent"))
                .anySatisfy(sent -> assertThat(sent.value("transmission")).isEqualTo("2"));
    }

    private static void ikeTakes(Duration time) {
        relay.both(Impairment.NONE.withIkeDelay(time.dividedBy(IKE_MESSAGES)));
    }

    private static void everyFirstPacketArrivesOnce() throws IOException {
        int connections = syns().size();
        int datagrams = received().size();

        assertThat(run("first-packets.py")).isEqualTo(2 * CONNECTS + "\n");

        assertThat(syns().subList(connections, connections + 2 * CONNECTS).stream()
                        .map(CapturedPacket::flow))
                .as("SYNs behind the second gateway")
                .doesNotHaveDuplicates();
        Wait.until("every datagram", SOON, () -> received().size() >= datagrams + 2 * DATAGRAMS);
        assertThat(syns()).as("SYNs behind the second gateway").hasSize(connections + 2 * CONNECTS);
        List<String> fresh = received().subList(datagrams, received().size());
        assertThat(fresh)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(numbered("waits").stream(), numbered("does-not-wait").stream())
                                .toList());
        for (String how : List.of("waits", "does-not-wait")) {
            assertThat(fresh.stream().filter(line -> line.startsWith(how + " ")))
                    .containsExactlyElementsOf(numbered(how));
        }
    }

    private static List<String> numbered(String how) {
        return IntStream.range(0, DATAGRAMS)
                .mapToObj(number -> how + " " + number)
                .toList();
    }

    private static List<CapturedPacket> syns() {
        return farSide.settled().stream().filter(CapturedPacket::isSyn).toList();
    }

    private static JsonNode eventLoop() throws IOException {
        String printed = run("event-loop.py");
        System.out.println("event loop: " + printed.strip());
        return new ObjectMapper().readTree(printed);
    }

    private static String run(String name) throws IOException {
        Command command = lab.underInterceptor(
                "python3",
                fixture.script(name).toString(),
                LabNetwork.SERVER,
                Integer.toString(Lab.HTTP_PORT),
                Integer.toString(CONNECTS),
                Integer.toString(UDP_PORT),
                Integer.toString(DATAGRAMS));
        return command.within(Duration.ofSeconds(40)).check();
    }

    private static Background receiver() {
        String script = """
                import socket
                receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                receiver.bind(("%s", %d))
                print("listening", flush=True)
                while True:
                    print("got", receiver.recv(100).decode(), flush=True)
                """.formatted(LabNetwork.SERVER, UDP_PORT);
        return Background.start(
                lab.directory().resolve("receiver.log"),
                Map.of(),
                lab.network().server().inside(List.of("python3", "-c", script)));
    }

    private static List<String> received() {
        return receiver.output()
                .lines()
                .filter(line -> line.startsWith("got "))
                .map(line -> line.substring("got ".length()))
                .toList();
    }
}
