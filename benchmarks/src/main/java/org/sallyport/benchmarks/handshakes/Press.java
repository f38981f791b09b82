package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * What one responder did in one round.
 *
 * @param handshakes so many, each with its Child SA, and deleted again
 * @param seconds the time
 * @param cpuSeconds what the responder's process used
 * @param failed handshakes that did not succeed
 * @param retransmitted requests that the load sent again
 */
record Press(
        @JsonProperty("handshakes") long handshakes,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("cpu_seconds") double cpuSeconds,
        @JsonProperty("failed") long failed,
        @JsonProperty("retransmitted") long retransmitted) {
    static Press of(JsonNode node) {
        return new Press(
                node.get("handshakes").asLong(),
                node.get("seconds").asDouble(),
                node.get("cpu_seconds").asDouble(),
                node.get("failed").asLong(),
                node.get("retransmitted").asLong());
    }

    @JsonProperty("cpu_ms_per_handshake")
    double cpuMillis() {
        return handshakes == 0 ? Double.NaN : cpuSeconds * 1000 / handshakes;
    }

    @JsonProperty("handshakes_per_second")
    double perSecond() {
        return handshakes / seconds;
    }

    @JsonProperty("busy_share")
    double busy() {
        return cpuSeconds / seconds;
    }
}
