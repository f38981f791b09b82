package org.sallyport.capture.internal;

import org.sallyport.api.flow.Flow;

/**
 * What the counters need of a captured packet.
 *
 * @param flow as the sender sees it: its side is local
 * @param synSequence initial sequence number of a SYN without ACK, else -1
 * @param espSpi SPI of ESP, in UDP or not, 0 when it is none
 * @param espPackets ESP packets in it: more than one when segmentation was left to the interface
 * @param ike whether it is IKE
 */
record SeenPacket(Flow flow, long synSequence, int espSpi, int espPackets, boolean ike) {
    boolean isSyn() {
        return synSequence >= 0;
    }

    boolean isEsp() {
        return espPackets > 0;
    }
}
