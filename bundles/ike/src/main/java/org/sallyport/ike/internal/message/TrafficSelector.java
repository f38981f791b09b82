package org.sallyport.ike.internal.message;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One traffic selector (RFC 7296 section 3.13.1). Open: a type that is not known is kept, and matches nothing.
 *
 * @param type 7 for IPv4 ranges, 8 for IPv6 ranges
 * @param protocol IP protocol, 0 for any
 * @param startPort first port, or ICMP type and code
 * @param endPort last port; start 65535 and end 0 mean OPAQUE
 * @param startAddress first address of the range as octets; the body of a type that is not known
 * @param endAddress last address of the range as octets; empty for a type that is not known
 */
public record TrafficSelector(
        int type, int protocol, int startPort, int endPort, Bytes startAddress, Bytes endAddress) {
    /** A range of IPv4 addresses. */
    public static final int IPV4_ADDR_RANGE = 7;
    /** A range of IPv6 addresses. */
    public static final int IPV6_ADDR_RANGE = 8;
    /** The last port. */
    public static final int MAX_PORT = 0xffff;

    /** Checks the ranges. */
    public TrafficSelector {
        Ranges.octet("selector type", type);
        Ranges.octet("protocol", protocol);
        Ranges.u16("start port", startPort);
        Ranges.u16("end port", endPort);
        int length = addressLength(type);
        if (length > 0 && (startAddress.length() != length || endAddress.length() != length)) {
            throw new IllegalArgumentException("selector type " + type + " takes addresses of " + length + " octets");
        }
    }

    /** A range of addresses of one family. */
    public static TrafficSelector range(InetAddress start, InetAddress end, int protocol, int startPort, int endPort) {
        int type = start.getAddress().length == 4 ? IPV4_ADDR_RANGE : IPV6_ADDR_RANGE;
        return new TrafficSelector(
                type, protocol, startPort, endPort, Bytes.of(start.getAddress()), Bytes.of(end.getAddress()));
    }

    static TrafficSelector unknown(int type, int protocol, Bytes body) {
        return new TrafficSelector(type, protocol, 0, 0, body, Bytes.EMPTY);
    }

    /** Returns whether it is a range of IPv4 or IPv6 addresses. */
    public boolean isAddressRange() {
        return addressLength(type) > 0;
    }

    /** Returns the first address of a range. */
    public InetAddress start() {
        return address(startAddress);
    }

    /** Returns the last address of a range. */
    public InetAddress end() {
        return address(endAddress);
    }

    static int addressLength(int type) {
        return switch (type) {
            case IPV4_ADDR_RANGE -> 4;
            case IPV6_ADDR_RANGE -> 16;
            default -> 0;
        };
    }

    private static InetAddress address(Bytes octets) {
        try {
            byte[] address = octets.toArray();
            // InetAddress would turn an IPv4-mapped address into an IPv4 one: a range of one family is to stay in it
            return address.length == 16
                    ? Inet6Address.getByAddress(null, address, -1)
                    : InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the selector is no range of addresses", e);
        }
    }

    /** Such as {@code 10.1.0.0..10.1.0.255 proto 6 ports 443..443}. */
    @Override
    public String toString() {
        if (!isAddressRange()) {
            return "selector type " + type;
        }
        String range = start().getHostAddress() + ".." + end().getHostAddress();
        String upper = protocol == 0 ? "" : " proto " + protocol;
        boolean anyPort = startPort == 0 && endPort == MAX_PORT;
        return range + upper + (anyPort ? "" : " ports " + startPort + ".." + endPort);
    }
}
