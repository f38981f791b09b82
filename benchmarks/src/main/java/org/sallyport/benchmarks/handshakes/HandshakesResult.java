package org.sallyport.benchmarks.handshakes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.benchmarks.Quantiles;

/**
 * What was measured, as JSON shows it. Immutable.
 *
 * @param rounds what each responder did, by method and responder
 * @param standing what many IKE SAs take, unless that was left out
 * @param rekeying how rekeying spreads, unless that was left out
 */
record HandshakesResult(
        Map<String, List<Press>> rounds, Optional<Standing.Result> standing, Optional<Rekeying.Result> rekeying) {
    static final String OURS = "_sallyport";
    static final String THEIRS = "_charon";

    /** Below it a responder waited for something else than its own core. */
    static final double BUSY = 0.95;

    /** Returns the keys and values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        ratio("psk").ifPresent(r -> fields.put("psk_ratio_vs_charon", r));
        ratio("ecdsa").ifPresent(r -> fields.put("ecdsa_ratio_vs_charon", r));
        standing.ifPresent(s -> {
            fields.put("bytes_per_ike_sa", s.bytesPerIkeSa());
            fields.put("standing", s);
        });
        rekeying.ifPresent(r -> {
            fields.put("rekeying_busiest_to_mean", r.busiestToMean());
            fields.put("rekeying", r);
        });
        rounds.forEach((name, all) -> fields.put(name + "_cpu_ms_median", rounded(median(all))));
        rounds.forEach((name, all) -> fields.put(name + "_least_busy_share", rounded(leastBusy(all))));
        fields.put(
                "least_busy_share",
                rounded(rounds.values().stream()
                        .mapToDouble(HandshakesResult::leastBusy)
                        .min()
                        .orElse(0)));
        fields.put("rounds", rounds);
        return fields;
    }

    /** Returns, in words, which responders were not kept busy: their rounds say less about what a handshake costs. */
    List<String> idle() {
        return rounds.entrySet().stream()
                .filter(e -> leastBusy(e.getValue()) < BUSY)
                .map(e -> "%s was busy for %.1f %% of a round only: others were on its core, or the load was too slow"
                        .formatted(e.getKey(), leastBusy(e.getValue()) * 100))
                .toList();
    }

    private static double leastBusy(List<Press> all) {
        return all.stream().mapToDouble(Press::busy).min().orElse(0);
    }

    /** Returns strongSwan's CPU time for each handshake as a multiple of ours. */
    Optional<Double> ratio(String method) {
        List<Press> ours = rounds.get(method + OURS);
        List<Press> theirs = rounds.get(method + THEIRS);
        return ours == null || theirs == null ? Optional.empty() : Optional.of(rounded(median(theirs) / median(ours)));
    }

    private static double median(List<Press> all) {
        return Quantiles.median(all.stream().map(Press::cpuMillis).toList());
    }

    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
