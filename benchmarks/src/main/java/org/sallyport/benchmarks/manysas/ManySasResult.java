package org.sallyport.benchmarks.manysas;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.sallyport.benchmarks.Quantiles;

/**
 * What was measured, as JSON shows it: ratios of medians, and every figure of every round. Immutable.
 *
 * @param sas that were to carry traffic at once
 * @param seconds until they stood
 * @param carrying how many of them did carry
 * @param inClear packets on the outer wire, from the first negotiation to the last round
 * @param rounds by traffic and way
 * @param disturbed the rounds with and without an SA table that never rests, by way
 * @param churn what was done at the SA tables
 */
record ManySasResult(
        int sas,
        double seconds,
        int carrying,
        long inClear,
        List<Map<String, Carried>> rounds,
        List<Map<String, Carried>> disturbed,
        List<ChurnBundle.Told> churn) {

    static String name(Traffic traffic, ManySas.Way way) {
        return traffic.word() + "_" + way.word();
    }

    /** Whether nothing went in clear, and every SA carried. */
    boolean isSound() {
        return inClear == 0 && carrying == sas;
    }

    /** Returns the keys and values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sas", sas);
        fields.put("sas_carrying", carrying);
        fields.put("in_clear_packets", inClear);
        fields.put("sas_a_second", Math.round(sas / seconds));
        for (Traffic traffic : Traffic.values()) {
            String many = name(traffic, ManySas.Way.MANY);
            String one = name(traffic, ManySas.Way.ONE);
            String flow = name(traffic, ManySas.Way.ONE_FLOW);
            fields.put(traffic.word() + "_ratio", ratio(rounds, many, one, Carried::mbits));
            fields.put(traffic.word() + "_ratio_one_flow", ratio(rounds, many, flow, Carried::mbits));
            fields.put(traffic.word() + "_cpu_ratio", ratio(rounds, many, one, Carried::cpu));
        }
        if (!disturbed.isEmpty()) {
            churned(fields);
        }
        fields.put("rounds", raw(rounds));
        fields.put("disturbed", raw(disturbed));
        fields.put("churn", churn);
        return fields;
    }

    private void churned(Map<String, Object> fields) {
        for (ManySas.Way way : List.of(ManySas.Way.MANY, ManySas.Way.ONE_FLOW)) {
            String quiet = way.word() + "_" + ManySas.QUIET;
            String churned = way.word() + "_" + ManySas.CHURNED;
            fields.put("churn_cpu_ratio_" + way.word(), ratio(disturbed, churned, quiet, Carried::workersCpu));
            fields.put("churn_all_cpu_ratio_" + way.word(), ratio(disturbed, churned, quiet, Carried::cpu));
        }
        fields.put(
                "churn_a_second",
                Math.round(churn.stream()
                        .mapToDouble(ChurnBundle.Told::aSecond)
                        .min()
                        .orElse(0)));
    }

    private static double ratio(
            List<Map<String, Carried>> rounds, String one, String other, ToDoubleFunction<Carried> figure) {
        double ratio = median(rounds, one, figure) / median(rounds, other, figure);
        return Math.round(ratio * 1000) / 1000.0;
    }

    private static double median(List<Map<String, Carried>> rounds, String name, ToDoubleFunction<Carried> figure) {
        return Quantiles.median(rounds.stream()
                .map(round -> {
                    Carried carried = round.get(name);
                    if (carried == null) {
                        throw new IllegalArgumentException(name + " was not measured");
                    }
                    return figure.applyAsDouble(carried);
                })
                .toList());
    }

    private static List<Map<String, Map<String, Double>>> raw(List<Map<String, Carried>> rounds) {
        return rounds.stream()
                .map(round -> {
                    Map<String, Map<String, Double>> shown = new LinkedHashMap<>();
                    round.forEach((name, carried) -> shown.put(name, carried.ordered()));
                    return shown;
                })
                .toList();
    }

    /** Returns a round as people read it. */
    static String readable(Map<String, Carried> round) {
        return round.entrySet().stream()
                .map(each -> "%s %.0f Mbit/s %.0f ms/GB"
                        .formatted(
                                each.getKey(),
                                each.getValue().mbits(),
                                each.getValue().cpu()))
                .collect(Collectors.joining(", "));
    }
}
