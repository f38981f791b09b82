package org.sallyport.benchmarks.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.process.CommandFailedException;

class InterceptResultTest {
    private static final String TIMED = "calls=3200 failed=0 tenth_ns=900 median_ns=1500 ninetieth_ns=4000";
    private static final String RELEASED =
            "calls=500 failed=0 errno=0 last_called_us=1000 first_returned_us=2100000 median_returned_us=2200000"
                    + " last_returned_us=2300000";
    private static final String LATER = RELEASED.replace("2300000", "2400500");
    private static final JournalEvent UP = new JournalEvent(2_000_000, "child-sa-up", Map.of());

    private static Map<String, Double> round(double connect, double sendto, double send) {
        return Map.of(
                "connect_outside_us",
                1.0,
                "connect_inside_us",
                connect,
                "sendto_outside_us",
                3.0,
                "sendto_inside_us",
                sendto,
                "send_outside_us",
                2.0,
                "send_inside_us",
                send);
    }

    @Test
    void itsFiguresAreMediansOverRounds() {
        InterceptResult result = new InterceptResult(
                List.of(round(8, 11, 2.1), round(9, 30, 2.02), round(50, 12, 2.04)),
                10_000,
                List.of(
                        new Release.Result(300, 800, 200, 1000),
                        new Release.Result(900, 950, 200, 1000),
                        new Release.Result(400, 700, 200, 1000)));

        assertThat(result.fields())
                .contains(
                        entry("connect_extra_us", 8.0),
                        entry("sendto_extra_us", 9.0),
                        entry("connected_send_ratio", 1.02),
                        entry("release_10000_ms", 400.0))
                .containsKey("rounds")
                .hasSize(5);
    }

    @Test
    void whatWasNotMeasuredIsNotThere() {
        assertThat(new InterceptResult(List.of(), 10_000, List.of()).fields()).containsOnlyKeys("rounds");
    }

    @Test
    void readsWhatTheProgramSays() {
        assertThat(Answer.parse(TIMED).medianMicros()).isEqualTo(1.5);
        assertThat(Answer.parse("ready=500").value("ready")).isEqualTo(500);
        assertThatThrownBy(() -> Answer.parse("ready=500").value("calls")).isInstanceOf(CommandFailedException.class);
        assertThatThrownBy(() -> Answer.parse("ready")).isInstanceOf(CommandFailedException.class);
        assertThatThrownBy(() -> Answer.parse("ready=soon")).isInstanceOf(CommandFailedException.class);
        assertThatThrownBy(() ->
                        Answer.parse(TIMED.replace("failed=0", "failed=1")).medianMicros())
                .isInstanceOf(CommandFailedException.class);
    }

    @Test
    void theLastCallOfAnyProgramEndsARelease() {
        Release.Result result = Release.Result.of(
                List.of(Answer.parse(RELEASED), Answer.parse(LATER)), 1_500_000, 2_250_000, List.of(UP));

        assertThat(result.answeredMs()).isEqualTo(250);
        assertThat(result.lastMs()).isEqualTo(400.5);
        assertThat(result.halvesMs()).isEqualTo(200);
        assertThat(result.heldForMs()).isEqualTo(500);
    }

    @Test
    void aReleaseCountsOnlyWhenOneNegotiationHeldAll() {
        List<Answer> all = List.of(Answer.parse(RELEASED));

        assertThatThrownBy(() -> Release.Result.of(all, 2_000_001, 2_250_000, List.of(UP)))
                .hasMessageContaining("before all");
        assertThatThrownBy(() -> Release.Result.of(all, 1_000_000, 2_250_000, List.of(UP, UP)))
                .hasMessageContaining("one negotiation");
        assertThatThrownBy(() -> Release.Result.of(
                        List.of(Answer.parse(RELEASED.replace("failed=0", "failed=1"))),
                        1_000_000,
                        2_250_000,
                        List.of(UP)))
                .hasMessageContaining("failed");
    }
}
