package org.sallyport.benchmarks.manysas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManySasResultTest {
    private static Carried carried(double mbits, double cpu) {
        return new Carried(mbits, cpu, cpu / 2, 0);
    }

    private static Map<String, Carried> round(double many, double one, double flow) {
        Map<String, Carried> round = new LinkedHashMap<>();
        for (Traffic traffic : Traffic.values()) {
            round.put(ManySasResult.name(traffic, ManySas.Way.MANY), carried(many, 1100));
            round.put(ManySasResult.name(traffic, ManySas.Way.ONE), carried(one, 1000));
            round.put(ManySasResult.name(traffic, ManySas.Way.ONE_FLOW), carried(flow, 900));
        }
        return round;
    }

    private static Map<String, Carried> disturbed(double quiet, double churned) {
        return Map.of(
                "many_quiet", carried(5000, quiet),
                "many_churned", carried(4000, churned),
                "one_flow_quiet", carried(5000, 1000),
                "one_flow_churned", carried(4000, 1000));
    }

    private static ManySasResult result(int carrying, long inClear) {
        return new ManySasResult(
                10_000,
                20,
                carrying,
                inClear,
                List.of(round(4000, 5000, 8000), round(4500, 5000, 1), round(100, 5000, 9000)),
                List.of(disturbed(1000, 1050)),
                List.of(new ChurnBundle.Told(3000, 2900, 2800, 3), new ChurnBundle.Told(2901, 2800, 2700, 3)));
    }

    @Test
    void itsFiguresAreRatiosOfMediansOverRounds() {
        assertThat(result(10_000, 0).fields())
                .contains(
                        entry("bursts_ratio", 0.8),
                        entry("singles_ratio_one_flow", 0.5),
                        entry("bursts_cpu_ratio", 1.1),
                        entry("churn_cpu_ratio_many", 1.05),
                        entry("churn_all_cpu_ratio_one_flow", 1.0),
                        entry("churn_a_second", 967L),
                        entry("sas_a_second", 500L));
    }

    @Test
    void aPacketInClearOrAnSaWithoutTrafficSpoilsIt() {
        assertThat(result(10_000, 0).isSound()).isTrue();
        assertThat(result(10_000, 1).isSound()).isFalse();
        assertThat(result(9_999, 0).isSound()).isFalse();
    }

    @Test
    void whatWasCarriedIsCountedInWhatArrived() {
        Carried carried = Carried.of(new Spread.Sent(1_000_000, 900_000, 1000, 1_000_000), 1.2168, 0.6084);
        assertThat(carried.mbits()).isCloseTo(900_000L * 1352 * 8 / 1e6, within(1e-6));
        assertThat(carried.cpu()).isCloseTo(1000, within(1e-6));
        assertThat(carried.workersCpu()).isCloseTo(500, within(1e-6));
        assertThat(carried.lost()).isCloseTo(0.001, within(1e-9));
    }
}
