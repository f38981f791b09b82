package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/**
 * Programs that lie to the interceptor or wear it out: what they send is judged below, others are served all the same, and
 * limits hold.
 */
@Timeout(120)
class HostileProgramsTest {
    private static final int HOLDS_PER_USER = 64;
    private static final int CALLERS = 400;
    private static final String SECONDS = "6";
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Relay relay;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("hostile-programs", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(
                plan.host().withFile("org.sallyport.gate.cfg", "maximum.holds.per.user = " + HOLDS_PER_USER + "\n"))));
        lab = fixture.lab();
        relay = lab.relay(11, Optional.empty()).ikeOnly();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @AfterEach
    void nothingLeakedAndEverybodyIsServed() {
        relay.both(Impairment.NONE);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        Wait.until("nothing to be held", SOON, () -> lab.host()
                .shell("sallyport:held-list")
                .contains("Nothing is held"));
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.host().log()).doesNotContain("ERROR").doesNotContain("Exception");
        fixture.forgetSas();
    }

    private static String[] hostile(String what, String much) throws IOException {
        return new String[] {
            "/usr/bin/env",
            "python3",
            fixture.script("hostile.py").toString(),
            what,
            LabNetwork.SERVER,
            Integer.toString(Lab.HTTP_PORT),
            much
        };
    }

    private static JsonNode run(String what, String much) throws IOException {
        String printed = lab.underInterceptor(hostile(what, much))
                .within(Duration.ofSeconds(60))
                .check();
        System.out.println("hostile " + what + ": " + printed.strip());
        return report(printed);
    }

    private static JsonNode report(String printed) {
        try {
            return JSON.readTree(printed);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(printed, failure);
        }
    }

    @Test
    void anAddressThatChangesWhileItIsLookedAtGetsNothingOutInClear() throws IOException {
        relay.both(Impairment.NONE.withIkeDelay(Duration.ofMillis(100)));
        assertThat(run("buffer", SECONDS).get("rounds").asInt()).isGreaterThan(100);
    }

    @Test
    void aDescriptorThatMeansAnotherSocketByThenGetsNothingOutInClear() throws IOException {
        relay.both(Impairment.NONE.withIkeDelay(Duration.ofMillis(100)));
        assertThat(run("swap", SECONDS).get("rounds").asInt()).isGreaterThan(100);
    }

    @Test
    void aBombOfConnectsFillsItsUsersShareAndNobodyElses() throws IOException {
        relay.both(Impairment.NONE.withIkeDelay(Duration.ofSeconds(1)));
        try (Background bomb = Background.start(
                lab.directory().resolve("bomb.log"),
                Map.of(),
                lab.network().host().inside(launched()))) {
            Wait.until("the bomb's calls to be held", SOON, () -> held() >= HOLDS_PER_USER);
            Command.Result other = lab.underInterceptor(
                            "setpriv",
                            "--reuid",
                            "games",
                            "--regid",
                            "games",
                            "--clear-groups",
                            "bash",
                            "-c",
                            "exec 3<>/dev/tcp/" + LabNetwork.SERVER + "/" + Lab.HTTP_PORT)
                    .within(Duration.ofSeconds(30))
                    .run();
            assertThat(other.errors()).isEmpty();
            assertThat(bomb.awaitEnd(Duration.ofSeconds(40))).isTrue();
            System.out.println("hostile bomb: " + bomb.output().strip());
            JsonNode outcomes = report(bomb.output()).get("outcomes");
            assertThat(outcomes.path("ok").asInt()).isGreaterThanOrEqualTo(HOLDS_PER_USER);
            assertThat(outcomes.path("ENOBUFS").asInt()).isPositive();
            assertThat(outcomes.path("ok").asInt() + outcomes.path("ENOBUFS").asInt())
                    .isEqualTo(CALLERS);
        }
    }

    @Test
    void programsThatAreKilledWhileTheyAreHeldLeaveNothingBehind() throws IOException {
        relay.both(Impairment.NONE.withLoss(1));
        try (Background bomb = Background.start(
                lab.directory().resolve("killed.log"),
                Map.of(),
                lab.network().host().inside(launched()))) {
            Wait.until("the bomb's calls to be held", SOON, () -> held() >= HOLDS_PER_USER);
            Command.of("pkill", "-KILL", "-P", Long.toString(bomb.pid())).run();
            bomb.kill();
        }
        Wait.until("nothing to be held", SOON, () -> held() == 0);
    }

    private static List<String> launched() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                lab.launcher().program().toString(), lab.launcher().socket().toString()));
        command.addAll(List.of(hostile("bomb", Integer.toString(CALLERS))));
        return command;
    }

    private static int held() {
        return report(lab.host().shell("sallyport:held-list", "--json")).size();
    }
}
