package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getByte;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * What leaves by an SA in transport mode: whole packets between its two hosts, whose IP header stays outside (RFC 4303
 * sections 3.1.1 and 3.3.4). The socket writes that header, and can give it neither options nor extension headers, so that
 * packets with those that have to be outside are not carried. Immutable.
 */
public final class TransportExit {
    /** For a packet that is not carried. */
    public static final int NOT_CARRIED = 0;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;

    private final boolean ipv4;
    private final long localHigh;
    private final long localLow;
    private final long remoteHigh;
    private final long remoteLow;

    TransportExit(HostPair hosts) {
        ipv4 = hosts.isIpv4();
        localHigh = Addresses.high(hosts.local());
        localLow = Addresses.low(hosts.local());
        remoteHigh = Addresses.high(hosts.remote());
        remoteLow = Addresses.low(hosts.remote());
    }

    /** Returns the octets of the IP header, which stay outside, or {@link #NOT_CARRIED}. */
    public int headerLength(long ip, InnerPacket packet) {
        if (packet.fragment() || !isBetweenHosts(packet)) {
            return NOT_CARRIED;
        }
        if (ipv4) {
            return packet.transport() == IPV4_HEADER ? IPV4_HEADER : NOT_CARRIED;
        }
        return EspFormat.belongsOutside(getByte(ip + 6)) ? NOT_CARRIED : IPV6_HEADER;
    }

    private boolean isBetweenHosts(InnerPacket packet) {
        return packet.ipv4() == ipv4
                && packet.sourceHigh() == localHigh
                && packet.sourceLow() == localLow
                && packet.destinationHigh() == remoteHigh
                && packet.destinationLow() == remoteLow;
    }

    /** Returns what follows the IP header of a packet that is carried. */
    public int nextHeader(long ip) {
        return getByte(ip + (ipv4 ? 9 : 6));
    }
}
