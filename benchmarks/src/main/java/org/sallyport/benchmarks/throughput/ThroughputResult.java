package org.sallyport.benchmarks.throughput;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.benchmarks.Quantiles;

/**
 * What was measured, as JSON shows it: ratios of medians, and every figure of every round. Immutable.
 *
 * @param box each tunnel's rounds as it comes
 * @param equal the same with equal socket buffers, empty when that was left out
 * @param inClear packets that crossed the outer wire in clear, of each tunnel of ours
 */
record ThroughputResult(Map<String, List<Round>> box, Map<String, List<Round>> equal, Map<String, Long> inClear) {
    /** How many packets of tunnels that seal crossed the outer wire in clear. */
    long inClearPackets() {
        return inClear.getOrDefault(Throughput.JDK, 0L) + inClear.getOrDefault(Throughput.NATIVE, 0L);
    }

    /** The same of the one that does not seal, which the witness has to see. */
    long unsealedPackets() {
        return inClear.getOrDefault(Throughput.NONE, 0L);
    }

    /** Whether nothing went in clear, and who says so would have seen it. */
    boolean isSound() {
        return inClearPackets() == 0 && unsealedPackets() > 0;
    }

    /** Returns the keys and values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("tcp1_ratio_jdk", ratio(box, Throughput.JDK, Throughput.LIBIPSEC, "tcp1"));
        fields.put("tcp1_ratio_native", ratio(box, Throughput.NATIVE, Throughput.LIBIPSEC, "tcp1"));
        if (!equal.isEmpty()) {
            fields.put("tcp1_ratio_jdk_equal", ratio(equal, Throughput.JDK, Throughput.LIBIPSEC, "tcp1"));
            fields.put("tcp1_ratio_native_equal", ratio(equal, Throughput.NATIVE, Throughput.LIBIPSEC, "tcp1"));
        }
        fields.put("null_crypto_share_native", ratio(box, Throughput.NATIVE, Throughput.NONE, "tcp1"));
        for (String figure : List.of("tcp4", "udp64", "udp512", "udp1352", "rtt_p50", "rtt_p99")) {
            fields.put(figure + "_ratio", ratio(box, Throughput.NATIVE, Throughput.LIBIPSEC, figure));
        }
        for (String figure : List.of("tcp4", "udp64", "udp512", "udp1352", "rtt_p50", "rtt_p99")) {
            fields.put(figure + "_ratio_jdk", ratio(box, Throughput.JDK, Throughput.LIBIPSEC, figure));
        }
        fields.put("tcp1_ratio_wireguard", ratio(box, Throughput.NATIVE, Throughput.WIREGUARD, "tcp1"));
        fields.put("cpu_ratio_native", ratio(box, Throughput.NATIVE, Throughput.LIBIPSEC, "cpu"));
        fields.put("in_clear_packets", inClearPackets());
        fields.put("in_clear_packets_unsealed", unsealedPackets());
        fields.put("out_of_the_box", raw(box));
        fields.put("equal_buffers", raw(equal));
        return fields;
    }

    private static double ratio(Map<String, List<Round>> rounds, String one, String other, String figure) {
        double ratio = median(rounds, one, figure) / median(rounds, other, figure);
        return Math.round(ratio * 1000) / 1000.0;
    }

    private static double median(Map<String, List<Round>> rounds, String tunnel, String figure) {
        return Quantiles.median(rounds.getOrDefault(tunnel, List.of()).stream()
                .map(round -> round.figure(figure))
                .toList());
    }

    private static Map<String, Object> raw(Map<String, List<Round>> rounds) {
        Map<String, Object> result = new LinkedHashMap<>();
        rounds.forEach((tunnel, seen) ->
                result.put(tunnel, seen.stream().map(Round::ordered).toList()));
        return result;
    }
}
