package org.sallyport.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An SA is found as fast as its place in the way of a packet, or of a connect(), asks for. */
class SaLookupsTest {
    /** Twice 1.4 / 2.2, 2.0 / 7.3 and 8.1 / 36.6; one by flow has no more than the map by half. */
    private static final Map<String, Double> MOST =
            Map.of("spi-1", 1.27, "spi-10k", 0.55, "spi-1m", 0.44, "flow-1", 1.5, "flow-10k", 1.5, "flow-1m", 1.5);

    /** Memory is slower for a test among others; the command {@code bench lookups} is where the bound itself is seen. */
    private static final double ROOM = 1.5;

    private static final int RUNS = 3;

    @Test
    void areFoundInLessThanAHashMapTakes() {
        // A machine that does other things besides gets more than one chance.
        Map<String, Double> best = new TreeMap<>();
        for (int run = 0; run < RUNS && !fine(best); run++) {
            new SaLookups().measure().forEach((name, value) -> best.merge(name, value, Math::min));
        }
        MOST.forEach((name, most) -> assertThat(best.get(name)).as(name).isLessThanOrEqualTo(most * ROOM));
    }

    private static boolean fine(Map<String, Double> best) {
        return MOST.entrySet().stream()
                .allMatch(most -> best.getOrDefault(most.getKey(), Double.MAX_VALUE) <= most.getValue() * ROOM);
    }
}
