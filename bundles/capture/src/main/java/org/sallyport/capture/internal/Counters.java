package org.sallyport.capture.internal;

import java.util.function.Predicate;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

/** What was seen so far. Thread safe; bounded. */
final class Counters {
    private final String innerInterface;
    private final Predicate<Flow> isProtected;
    private final SynMemory synMemory = new SynMemory();
    private final FlowCounts<Flow> firstSyns = new FlowCounts<>();
    private final FlowCounts<Flow> repeatedSyns = new FlowCounts<>();
    private final FlowCounts<Flow> clearText = new FlowCounts<>();
    private final FlowCounts<SpiKey> esp = new FlowCounts<>();
    private long packets;

    /**
     * @param innerInterface where protected flows are seen in clear by right
     * @param isProtected tells whether policy protects a flow, seen from either side
     */
    Counters(String innerInterface, Predicate<Flow> isProtected) {
        this.innerInterface = innerInterface;
        this.isProtected = isProtected;
    }

    synchronized void count(String networkInterface, SeenPacket packet) {
        packets++;
        if (packet.isEsp()) {
            esp.add(new SpiKey(IpsecProtocol.ESP, packet.espSpi()), packet.espPackets());
        } else if (!packet.ike() && !networkInterface.equals(innerInterface) && isProtected.test(packet.flow())) {
            clearText.add(packet.flow(), 1);
        }
        if (packet.isSyn()) {
            countSyn(networkInterface, packet);
        }
    }

    private void countSyn(String networkInterface, SeenPacket packet) {
        switch (synMemory.sight(networkInterface, packet.flow(), packet.synSequence())) {
            case FIRST -> firstSyns.add(packet.flow(), 1);
            case REPEATED -> repeatedSyns.add(packet.flow(), 1);
            case ON_ITS_WAY -> {
                // counted where it was seen first
            }
        }
    }

    synchronized CaptureCounters read(boolean running, String interfaces, long kernelDropped, boolean espCounted) {
        return new CaptureCounters(
                running,
                interfaces,
                packets,
                kernelDropped,
                firstSyns.copy(),
                repeatedSyns.copy(),
                espCounted,
                esp.copy(),
                clearText.copy());
    }
}
