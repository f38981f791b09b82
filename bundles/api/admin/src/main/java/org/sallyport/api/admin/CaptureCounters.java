package org.sallyport.api.admin;

import java.util.Map;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.SpiKey;

/**
 * What the capture has seen since it started. Immutable.
 *
 * @param running whether it captures
 * @param interfaces which interfaces, or why it does not run
 * @param packets packets seen
 * @param kernelDropped packets that the kernel did not hand over
 * @param firstSyns SYNs seen for the first time, by flow
 * @param repeatedSyns retransmitted SYNs, by flow
 * @param espCounted whether ESP is looked at, each packet of which is copied for it
 * @param esp ESP packets by SPI
 * @param clearText packets of protected flows seen in clear outside the TUN, by flow
 */
public record CaptureCounters(
        boolean running,
        String interfaces,
        long packets,
        long kernelDropped,
        Map<Flow, Long> firstSyns,
        Map<Flow, Long> repeatedSyns,
        boolean espCounted,
        Map<SpiKey, Long> esp,
        Map<Flow, Long> clearText) {
    public CaptureCounters {
        firstSyns = Map.copyOf(firstSyns);
        repeatedSyns = Map.copyOf(repeatedSyns);
        esp = Map.copyOf(esp);
        clearText = Map.copyOf(clearText);
    }
}
