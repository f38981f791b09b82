package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.TcpCounters;

/** A program that does not wait for its requests goes on while they wait below TCP and UDP. */
@Timeout(180)
class EventLoopTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final int CONNECTS = 100;
    private static final int DATAGRAMS = 20;
    private static final int UDP_PORT = 9100;
    private static final Duration IKE = Duration.ofSeconds(2);
    /** Two round trips of IKE, each message under way for a quarter. */
    private static final int IKE_MESSAGES = 4;

    private static final double WORST_BEAT_MILLIS = 60;
    private static final double MEDIAN_BEAT_MILLIS = 20;

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    @Test
    void goesOnBeatingWhileAHundredOfItsConnectsWaitForTheSa() throws IOException {
        LabFixture fixture = open("event-loop", "30s");
        Lab lab = fixture.lab();
        Relay relay = lab.relay(1, Optional.empty());
        relay.both(Impairment.NONE.withIkeDelay(IKE.dividedBy(IKE_MESSAGES)));
        TcpCounters before = TcpCounters.of(lab.network().host());
        try (Background receiver = receiver(lab)) {
            receiver.awaitOutput("listening", Duration.ofSeconds(10));

            JsonNode report = run(lab);

            System.out.println("event loop: " + report);
            assertThat(report.at("/outcomes/connected").asInt()).isEqualTo(CONNECTS);
            assertThat(report.get("connect_ms_median").asDouble())
                    .isBetween(1.0 * IKE.toMillis(), 1000.0 + IKE.toMillis());
            assertThat(report.get("late_ms_worst").asDouble()).isLessThan(WORST_BEAT_MILLIS);
            assertThat(report.get("late_ms_median").asDouble()).isLessThan(MEDIAN_BEAT_MILLIS);
            Wait.until(
                    "every datagram",
                    Duration.ofSeconds(5),
                    () -> received(receiver).size() >= DATAGRAMS);
            assertThat(received(receiver))
                    .isEqualTo(IntStream.range(0, DATAGRAMS)
                            .mapToObj(Integer::toString)
                            .toList());
        }
        TcpCounters since = TcpCounters.of(lab.network().host()).since(before);
        assertThat(since.synRetransmitted()).isZero();
        assertThat(lab.host().shell("sallyport:held-list", "--recent")).contains("packets");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void isRefusedByAResetWhenNoSaCanBe() throws IOException {
        LabFixture fixture = open("event-loop-refused", "2s");
        fixture.lab().relay(1, Optional.empty()).both(Impairment.NONE.withLoss(1));

        JsonNode report = run(fixture.lab());

        assertThat(report.at("/outcomes/ConnectionRefusedError").asInt()).isEqualTo(CONNECTS);
        assertThat(report.get("late_ms_worst").asDouble()).isLessThan(WORST_BEAT_MILLIS);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static LabFixture open(String label, String holdTime) {
        Lab.Plan plan = Lab.Plan.standard(label, PeerKind.SALLYPORT);
        return WATCHER.watch(LabFixture.open(plan.withHost(plan.host().withPolicy("hold-time", holdTime))));
    }

    private static JsonNode run(Lab lab) throws IOException {
        Path script = lab.directory().resolve("event-loop.py");
        try (var source = EventLoopTest.class.getResourceAsStream("/event-loop.py")) {
            Files.write(script, source.readAllBytes());
        }
        String printed = lab.underInterceptor(
                        "python3",
                        script.toString(),
                        LabNetwork.SERVER,
                        Integer.toString(Lab.HTTP_PORT),
                        Integer.toString(CONNECTS),
                        Integer.toString(UDP_PORT),
                        Integer.toString(DATAGRAMS))
                .check();
        return new ObjectMapper().readTree(printed);
    }

    private static Background receiver(Lab lab) {
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

    private static List<String> received(Background receiver) {
        return receiver.output()
                .lines()
                .filter(line -> line.startsWith("got "))
                .map(line -> line.substring("got ".length()))
                .toList();
    }
}
