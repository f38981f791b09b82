package org.sallyport.classifier.internal.flow;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.classifier.internal.packet.InnerPacket;

/** A flow as numbers, for exact bindings. A local port of 0 stands for one that was not known yet. Immutable. */
record FlowKey(
        boolean ipv4,
        int protocol,
        long localHigh,
        long localLow,
        int localPort,
        long remoteHigh,
        long remoteLow,
        int remotePort) {
    static FlowKey of(Flow flow) {
        return new FlowKey(
                Addresses.isIpv4(flow.local()),
                flow.protocol(),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort());
    }

    static FlowKey ofOutbound(InnerPacket packet) {
        return new FlowKey(
                packet.ipv4(),
                packet.protocol(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort());
    }

    static FlowKey ofInbound(InnerPacket packet) {
        return new FlowKey(
                packet.ipv4(),
                packet.protocol(),
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.destinationPort(),
                packet.sourceHigh(),
                packet.sourceLow(),
                packet.sourcePort());
    }

    FlowKey withUnknownLocalPort() {
        return new FlowKey(ipv4, protocol, localHigh, localLow, 0, remoteHigh, remoteLow, remotePort);
    }
}
