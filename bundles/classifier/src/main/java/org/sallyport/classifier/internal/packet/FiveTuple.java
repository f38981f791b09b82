package org.sallyport.classifier.internal.packet;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;

/**
 * What tells a flow's packets in one direction from all others, as numbers. Made for a flow, not for a packet: those are
 * compared with it. Immutable.
 *
 * @param sourcePort as {@link Flow} has it; 0 also for one that was not known yet
 */
public record FiveTuple(
        boolean ipv4,
        int protocol,
        long sourceHigh,
        long sourceLow,
        int sourcePort,
        long destinationHigh,
        long destinationLow,
        int destinationPort) {
    public static FiveTuple of(InnerPacket packet) {
        return new FiveTuple(
                packet.ipv4(),
                packet.protocol(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort());
    }

    /** Of the packets that a flow's local side sends. */
    public static FiveTuple sentBy(Flow flow) {
        return new FiveTuple(
                Addresses.isIpv4(flow.local()),
                flow.protocol(),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort());
    }

    /** Of the packets that answer these. */
    public FiveTuple reversed() {
        return new FiveTuple(
                ipv4, protocol, destinationHigh, destinationLow, destinationPort, sourceHigh, sourceLow, sourcePort);
    }

    public FiveTuple withUnknownSourcePort() {
        return new FiveTuple(
                ipv4, protocol, sourceHigh, sourceLow, 0, destinationHigh, destinationLow, destinationPort);
    }

    public boolean matches(InnerPacket packet) {
        return sourceLow == packet.sourceLow()
                && destinationLow == packet.destinationLow()
                && sourcePort == packet.sourcePort()
                && destinationPort == packet.destinationPort()
                && protocol == packet.protocol()
                && sourceHigh == packet.sourceHigh()
                && destinationHigh == packet.destinationHigh()
                && ipv4 == packet.ipv4();
    }

    /** Has a packet look as the flow's packets do, for whoever judges it. */
    public void describe(InnerPacket packet) {
        packet.set(ipv4, protocol, sourceHigh, sourceLow, sourcePort, destinationHigh, destinationLow, destinationPort);
    }

    /** Returns the flow whose local side sends these packets. */
    public Flow asSent() {
        return new Flow(
                0,
                protocol,
                Addresses.of(ipv4, sourceHigh, sourceLow),
                sourcePort,
                Addresses.of(ipv4, destinationHigh, destinationLow),
                destinationPort);
    }
}
