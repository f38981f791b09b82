package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.Command;

/**
 * Many Child SAs carry traffic at once while others come and go: {@code ./sallyport bench many-sas} in small. How fast is
 * for the measurement to say, on a machine that does nothing else.
 */
@Timeout(300)
class ManySasTest {
    private static final int SAS = 1100;

    @Test
    void everySaCarriesAndNothingGoesInClear() throws Exception {
        LabFixture.assumeRoot();
        Command.Result result = Command.of(
                        Distribution.find().root().resolve("sallyport").toString(),
                        "bench",
                        "many-sas",
                        "--json",
                        "--sas",
                        Integer.toString(SAS),
                        "--rounds",
                        "1",
                        "--seconds",
                        "1",
                        "--churn",
                        "100",
                        "--warm-up",
                        "2")
                .with("SALLYPORT_BUILD", "never")
                .within(Duration.ofMinutes(4))
                .run();
        assertThat(result.succeeded()).as(result.output() + result.errors()).isTrue();
        JsonNode seen = new ObjectMapper().readTree(result.output());
        assertThat(seen.path("sas_carrying").asInt()).isEqualTo(SAS);
        assertThat(seen.path("in_clear_packets").asInt(-1)).isZero();
        assertThat(seen.path("churn_a_second").asInt()).isBetween(50, 120);
        assertThat(seen.path("bursts_ratio").asDouble()).as(result.errors()).isGreaterThan(0.3);
    }
}
