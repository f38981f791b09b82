package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.Command;

/**
 * Numbered traffic both ways goes through rekeys of each kind, with strongSwan on the far side, and we lose none of it and
 * let none overtake another: {@code ./sallyport bench rekeys} in small.
 */
@Timeout(100)
class RekeysTest {
    private static final int REKEYS = 5;
    private static final int RATE = 1000;
    private static final List<String> KINDS =
            List.of("child_by_us", "child_by_peer", "ike_by_us", "ike_by_peer", "time", "octets", "packets");

    @Test
    void nothingIsLostOrOvertakenThroughRekeysOfEachKind() throws Exception {
        LabFixture.assumeRoot();
        Command.Result result = Command.of(
                        Distribution.find().root().resolve("sallyport").toString(),
                        "bench",
                        "rekeys",
                        "--json",
                        "--peers",
                        "STRONGSWAN",
                        "--rekeys",
                        Integer.toString(REKEYS),
                        "--rate",
                        Integer.toString(RATE),
                        "--pause",
                        "50")
                .with("SALLYPORT_BUILD", "never")
                .within(Duration.ofSeconds(90))
                .run();
        assertThat(result.succeeded()).as(result.output() + result.errors()).isTrue();
        JsonNode seen = new ObjectMapper().readTree(result.output());
        assertThat(seen.path("rekeys").asInt()).isEqualTo(REKEYS * KINDS.size());
        assertThat(seen.path("lost_by_us").asInt(-1)).as(result.output()).isZero();
        assertThat(seen.path("reordered_by_us").asInt(-1)).as(result.output()).isZero();
        assertThat(seen.path("duplicated").asInt(-1)).as(result.output()).isZero();
        assertThat(seen.path("attributed")).as(result.output()).isEqualTo(seen.path("lost"));
        for (String kind : KINDS) {
            carried(seen.path("strongswan").path(kind));
        }
    }

    /** Both directions carried as long as the rekeys took. */
    private static void carried(JsonNode kind) {
        for (String direction : List.of("ours", "theirs")) {
            assertThat(kind.path(direction).path("sent").asInt())
                    .as(kind.toString())
                    .isGreaterThan(RATE);
            assertThat(kind.path(direction).path("unseen").asInt(-1)).isZero();
        }
    }
}
