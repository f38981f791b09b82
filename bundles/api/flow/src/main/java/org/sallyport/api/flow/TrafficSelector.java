package org.sallyport.api.flow;

import java.util.Optional;

/**
 * Addresses, protocol and ports of one side (RFC 7296 section 3.13.1). Immutable.
 *
 * @param protocol IP protocol 1 to 255, or {@link #ANY_PROTOCOL}
 * @param ports ports, or ICMP type × 256 + code
 * @param addresses the addresses
 */
public record TrafficSelector(int protocol, PortRange ports, AddressRange addresses) {
    /** Stands for every protocol. */
    public static final int ANY_PROTOCOL = 0;

    public TrafficSelector {
        if (protocol < 0 || protocol > 255) {
            throw new IllegalArgumentException(protocol + " is not an IP protocol from 0 to 255");
        }
    }

    /** Everything that comes from, or goes to, these addresses. */
    public static TrafficSelector of(AddressRange addresses) {
        return new TrafficSelector(ANY_PROTOCOL, PortRange.ANY, addresses);
    }

    /** Tells whether the other selector lies within. */
    public boolean contains(TrafficSelector other) {
        return (protocol == ANY_PROTOCOL || protocol == other.protocol)
                && ports.contains(other.ports)
                && addresses.contains(other.addresses);
    }

    /** Returns the common part, if there is one. */
    public Optional<TrafficSelector> intersect(TrafficSelector other) {
        if (protocol != ANY_PROTOCOL && other.protocol != ANY_PROTOCOL && protocol != other.protocol) {
            return Optional.empty();
        }
        int common = protocol == ANY_PROTOCOL ? other.protocol : protocol;
        return ports.intersect(other.ports)
                .flatMap(p -> addresses.intersect(other.addresses).map(a -> new TrafficSelector(common, p, a)));
    }

    /** Tells whether this side of a flow lies within. */
    boolean contains(int flowProtocol, java.net.InetAddress address, int port) {
        return (protocol == ANY_PROTOCOL || protocol == flowProtocol)
                && ports.contains(port)
                && addresses.contains(address);
    }

    @Override
    public String toString() {
        if (protocol == ANY_PROTOCOL && ports.equals(PortRange.ANY)) {
            return addresses.toString();
        }
        return addresses + "[" + IpProtocol.name(protocol) + "/" + ports + "]";
    }
}
