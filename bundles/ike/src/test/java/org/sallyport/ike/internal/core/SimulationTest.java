package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** Some thousands of seeds; {@code ./sallyport bench simulate} runs more, and one alone with its story. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("sallyport.ike.seeds", 2000);

    @Test
    void theyAgreeAndGoOnOnceTheNetworkHeals() {
        Map<Long, String> broken = new ConcurrentSkipListMap<>();
        long packets = Simulation.runAll(0, SEEDS, (seed, why) -> broken.put(seed, String.valueOf(why.getMessage())));
        assertThat(broken).as("seeds in which something did not hold").isEmpty();
        assertThat(packets).as("numbered packets that arrived").isGreaterThan(100L * SEEDS);
    }

    @Test
    void aSeedReplaysExactly() {
        Map<Long, Long> once = new TreeMap<>();
        Map<Long, Long> again = new TreeMap<>();
        for (long seed = 0; seed < 20; seed++) {
            once.put(seed, Simulation.run(seed, false));
            again.put(seed, Simulation.run(seed, false));
        }
        assertThat(again).isEqualTo(once);
    }
}
