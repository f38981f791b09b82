package org.sallyport.benchmarks.intercept;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.sallyport.benchmarks.Quantiles;

/**
 * What was measured, as JSON shows it. Immutable.
 *
 * @param calls of each round, the medians by name
 * @param connections how many were held at once
 * @param releases of each round, how they were let go
 */
record InterceptResult(List<Map<String, Double>> calls, int connections, List<Release.Result> releases) {
    /** Returns the keys and values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!calls.isEmpty()) {
            fields.put("connect_extra_us", median(round -> extra(round, Calls.CONNECT)));
            fields.put("sendto_extra_us", median(round -> extra(round, Calls.SENDTO)));
            fields.put("connected_send_ratio", median(round -> ratio(round, Calls.SEND)));
        }
        if (!releases.isEmpty()) {
            fields.put(
                    "release_" + connections + "_ms",
                    rounded(Quantiles.median(
                            releases.stream().map(Release.Result::answeredMs).toList())));
        }
        fields.put("rounds", rounds());
        return fields;
    }

    private List<Map<String, Object>> rounds() {
        List<Map<String, Object>> rounds = new ArrayList<>();
        for (int i = 0; i < Math.max(calls.size(), releases.size()); i++) {
            Map<String, Object> round = new LinkedHashMap<>();
            if (i < calls.size()) {
                calls.get(i).forEach((name, value) -> round.put(name, rounded(value)));
            }
            if (i < releases.size()) {
                round.put("release", releases.get(i));
            }
            rounds.add(round);
        }
        return rounds;
    }

    private double median(ToDoubleFunction<Map<String, Double>> figure) {
        return rounded(Quantiles.median(
                calls.stream().map(round -> figure.applyAsDouble(round)).toList()));
    }

    static double extra(Map<String, Double> round, String call) {
        return value(round, call + Calls.INSIDE) - value(round, call + Calls.OUTSIDE);
    }

    static double ratio(Map<String, Double> round, String call) {
        return value(round, call + Calls.INSIDE) / value(round, call + Calls.OUTSIDE);
    }

    private static double value(Map<String, Double> round, String name) {
        Double value = round.get(name);
        if (value == null) {
            throw new IllegalArgumentException("nothing was measured as " + name);
        }
        return value;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
