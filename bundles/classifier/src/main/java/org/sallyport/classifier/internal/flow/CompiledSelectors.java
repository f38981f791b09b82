package org.sallyport.classifier.internal.flow;

import java.util.List;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.classifier.internal.packet.InnerPacket;

/** Selectors as numbers, to be asked for each packet without allocating. Immutable. */
public final class CompiledSelectors {
    private final Selectors agreed;
    private final Entry[] local;
    private final Entry[] remote;

    public CompiledSelectors(Selectors selectors) {
        agreed = selectors;
        local = compile(selectors.local());
        remote = compile(selectors.remote());
    }

    private static Entry[] compile(List<TrafficSelector> selectors) {
        return selectors.stream().map(Entry::of).toArray(Entry[]::new);
    }

    /** Returns what they were made of. */
    Selectors agreed() {
        return agreed;
    }

    /** Tells whether a packet that leaves lies within: its source is local. */
    public boolean containsOutbound(InnerPacket packet) {
        return holds(local, packet, true) && holds(remote, packet, false);
    }

    /** Tells whether a packet that arrives lies within: its destination is local. */
    public boolean containsInbound(InnerPacket packet) {
        return holds(local, packet, false) && holds(remote, packet, true);
    }

    private static boolean holds(Entry[] entries, InnerPacket packet, boolean source) {
        long high = source ? packet.sourceHigh() : packet.destinationHigh();
        long low = source ? packet.sourceLow() : packet.destinationLow();
        int port = source ? packet.sourcePort() : packet.destinationPort();
        for (Entry entry : entries) {
            if (entry.holds(packet.ipv4(), packet.protocol(), high, low, port)) {
                return true;
            }
        }
        return false;
    }

    private record Entry(
            boolean ipv4,
            int protocol,
            long firstHigh,
            long firstLow,
            long lastHigh,
            long lastLow,
            int firstPort,
            int lastPort,
            boolean anyPort,
            boolean opaquePort) {
        static Entry of(TrafficSelector selector) {
            return new Entry(
                    selector.addresses().isIpv4(),
                    selector.protocol(),
                    Addresses.high(selector.addresses().first()),
                    Addresses.low(selector.addresses().first()),
                    Addresses.high(selector.addresses().last()),
                    Addresses.low(selector.addresses().last()),
                    selector.ports().first(),
                    selector.ports().last(),
                    selector.ports().equals(PortRange.ANY),
                    selector.ports().equals(PortRange.OPAQUE));
        }

        boolean holds(boolean isIpv4, int number, long high, long low, int port) {
            return ipv4 == isIpv4
                    && (protocol == TrafficSelector.ANY_PROTOCOL || protocol == number)
                    && Addresses.compare(firstHigh, firstLow, high, low) <= 0
                    && Addresses.compare(high, low, lastHigh, lastLow) <= 0
                    && holdsPort(port);
        }

        private boolean holdsPort(int port) {
            if (anyPort) {
                return true;
            }
            return port == Flow.OPAQUE_PORT ? opaquePort : firstPort <= port && port <= lastPort;
        }
    }
}
