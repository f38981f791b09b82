package org.sallyport.lab.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * What one run of the lab showed. Counts are the witnesses', not the product's.
 *
 * @param appConnectMs how long the application's connect() took, with the negotiation
 * @param synSent SYNs of the first connection, seen at the inner device
 * @param synRetransmitted those of them that were sent again
 * @param synBeforeSa packets that left, sealed or in clear, before the SA could be up
 * @param clearTextPackets packets on the outer wire that gave something away
 * @param secondConnectMs how long connect() took with the SA already there
 * @param httpStatus the status of the first answer
 * @param witnessesDisagree in words, where the kernel's or the product's own counts differ from the witnesses'
 */
@JsonPropertyOrder({
    "app_connect_ms",
    "syn_sent",
    "syn_retransmitted",
    "syn_before_sa",
    "clear_text_packets",
    "second_connect_ms",
    "http_status",
    "witnesses_disagree"
})
public record LabReport(
        @JsonProperty("app_connect_ms") double appConnectMs,
        @JsonProperty("syn_sent") long synSent,
        @JsonProperty("syn_retransmitted") long synRetransmitted,
        @JsonProperty("syn_before_sa") long synBeforeSa,
        @JsonProperty("clear_text_packets") long clearTextPackets,
        @JsonProperty("second_connect_ms") double secondConnectMs,
        @JsonProperty("http_status") int httpStatus,
        @JsonProperty("witnesses_disagree") List<String> witnessesDisagree) {
    public LabReport {
        appConnectMs = toMicroseconds(appConnectMs);
        secondConnectMs = toMicroseconds(secondConnectMs);
        witnessesDisagree = List.copyOf(witnessesDisagree);
    }

    private static double toMicroseconds(double milliseconds) {
        return Math.round(milliseconds * 1000) / 1000.0;
    }

    /** Whether the run showed what the product promises. */
    public boolean promiseKept() {
        return httpStatus == 200
                && synSent == 1
                && synRetransmitted == 0
                && synBeforeSa == 0
                && clearTextPackets == 0
                && witnessesDisagree.isEmpty();
    }
}
