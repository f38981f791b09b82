package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetLong;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;

/**
 * The IP header of what arrives in transport mode: the socket keeps the one that was on the wire, so that it is written
 * anew, between the two hosts of the SA. Immutable.
 */
public final class TransportHeader {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int LARGEST = 65_535;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int HOPS = 64;

    private final boolean ipv4;
    private final long sourceHigh;
    private final long sourceLow;
    private final long destinationHigh;
    private final long destinationLow;

    /**
     * @param hosts packets come from the remote one to the local one
     */
    public TransportHeader(HostPair hosts) {
        this.ipv4 = hosts.isIpv4();
        this.sourceHigh = Addresses.high(hosts.remote());
        this.sourceLow = Addresses.low(hosts.remote());
        this.destinationHigh = Addresses.high(hosts.local());
        this.destinationLow = Addresses.low(hosts.local());
    }

    /** Returns its octets. */
    public int length() {
        return ipv4 ? IPV4_HEADER : IPV6_HEADER;
    }

    /** Returns how many octets can follow it. */
    public int mostPayload() {
        return ipv4 ? LARGEST - IPV4_HEADER : LARGEST;
    }

    /**
     * Writes it.
     *
     * @param payload octets that follow, up to {@link #mostPayload}
     * @param next what follows: an IP protocol
     * @param trafficClass DSCP and ECN field
     */
    public void write(long to, int payload, int next, int trafficClass) {
        if (ipv4) {
            writeIpv4(to, payload, next, trafficClass);
        } else {
            writeIpv6(to, payload, next, trafficClass);
        }
    }

    private void writeIpv4(long to, int payload, int next, int trafficClass) {
        putNetShort(to, 0x4500 | trafficClass);
        putNetShort(to + 2, IPV4_HEADER + payload);
        putNetShort(to + 4, 0);
        putNetShort(to + 6, DONT_FRAGMENT);
        putByte(to + 8, HOPS);
        putByte(to + 9, next);
        putShort(to + 10, 0);
        putNetInt(to + 12, (int) sourceLow);
        putNetInt(to + 16, (int) destinationLow);
        putShort(to + 10, ~Checksum.fold(Checksum.sum(to, IPV4_HEADER, 0)));
    }

    private void writeIpv6(long to, int payload, int next, int trafficClass) {
        putNetInt(to, 0x6000_0000 | trafficClass << 20);
        putNetShort(to + 4, payload);
        putByte(to + 6, next);
        putByte(to + 7, HOPS);
        putNetLong(to + 8, sourceHigh);
        putNetLong(to + 16, sourceLow);
        putNetLong(to + 24, destinationHigh);
        putNetLong(to + 32, destinationLow);
    }
}
