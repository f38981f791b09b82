package org.sallyport.spd.internal.match;

import java.util.List;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;

/** One traffic selector as plain numbers, of one address family. Immutable; matching allocates nothing. */
final class Side {
    private final int protocol;
    private final long firstHigh;
    private final long firstLow;
    private final long lastHigh;
    private final long lastLow;
    private final int firstPort;
    private final int lastPort;
    private final boolean opaque;

    private Side(TrafficSelector selector) {
        protocol = selector.protocol();
        firstHigh = Addresses.high(selector.addresses().first());
        firstLow = Addresses.low(selector.addresses().first());
        lastHigh = Addresses.high(selector.addresses().last());
        lastLow = Addresses.low(selector.addresses().last());
        firstPort = selector.ports().first();
        lastPort = selector.ports().last();
        opaque = selector.ports().contains(Flow.OPAQUE_PORT);
        assert opaque || !selector.ports().equals(PortRange.OPAQUE);
    }

    /** Returns the selectors of one address family. */
    static Side[] of(List<TrafficSelector> selectors, boolean ipv4) {
        return selectors.stream()
                .filter(s -> s.addresses().isIpv4() == ipv4)
                .map(Side::new)
                .toArray(Side[]::new);
    }

    static boolean anyMatches(Side[] sides, int protocol, long high, long low, int port) {
        for (Side side : sides) {
            if (side.matches(protocol, high, low, port)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int packetProtocol, long high, long low, int port) {
        return (protocol == TrafficSelector.ANY_PROTOCOL || protocol == packetProtocol)
                && (port == Flow.OPAQUE_PORT ? opaque : firstPort <= port && port <= lastPort)
                && Addresses.compare(high, low, firstHigh, firstLow) >= 0
                && Addresses.compare(high, low, lastHigh, lastLow) <= 0;
    }
}
