package org.sallyport.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * First connections, each with its own IKE SA and Child SA; times of connect() in milliseconds.
 *
 * @param connections how many warm ones were measured on the bare link
 * @param medianMs their median
 * @param p99Ms 99 of 100 took at most this long
 * @param coldMs the first one after the start
 * @param baselineMedianMs the median of what the kernel does without an SA
 * @param delayedMedianMs the median through a relay of 20 ms each way
 * @param synMax the most SYNs that any connection needed
 */
@JsonPropertyOrder({
    "connections",
    "sallyport_ms_median",
    "sallyport_ms_p99",
    "sallyport_ms_cold",
    "baseline_ms_median",
    "delayed_ms_median",
    "syn_max"
})
record FirstConnectResult(
        @JsonProperty("connections") int connections,
        @JsonProperty("sallyport_ms_median") double medianMs,
        @JsonProperty("sallyport_ms_p99") double p99Ms,
        @JsonProperty("sallyport_ms_cold") double coldMs,
        @JsonProperty("baseline_ms_median") double baselineMedianMs,
        @JsonProperty("delayed_ms_median") double delayedMedianMs,
        @JsonProperty("syn_max") long synMax) {
    FirstConnectResult {
        medianMs = toMicroseconds(medianMs);
        p99Ms = toMicroseconds(p99Ms);
        coldMs = toMicroseconds(coldMs);
        baselineMedianMs = toMicroseconds(baselineMedianMs);
        delayedMedianMs = toMicroseconds(delayedMedianMs);
    }

    private static double toMicroseconds(double milliseconds) {
        return Math.round(milliseconds * 1000) / 1000.0;
    }
}
