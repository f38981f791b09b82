package org.sallyport.spd.oracle;

import java.math.BigInteger;

/**
 * A packet in clear, as it stands on the wire.
 *
 * @param protocol of the upper layer
 * @param sourcePort 0 to 65535, of protocols that have ports
 * @param destinationPort as {@code sourcePort}
 * @param type 0 to 255, of ICMP, ICMPv6 and IGMP
 * @param code 0 to 255, of the same; what stands behind the type where there is no code
 * @param shape how much of the upper layer's header it holds
 * @param enteredBy the interface by which it came, empty when this host made it
 * @param leavesBy the interface by which it would leave in clear, empty when it is for this host
 */
public record Packet(
        boolean ipv4,
        BigInteger source,
        BigInteger destination,
        int protocol,
        int sourcePort,
        int destinationPort,
        int type,
        int code,
        Shape shape,
        String enteredBy,
        String leavesBy) {
    /** How much a packet shows of what it carries. */
    public enum Shape {
        /** The whole header of the upper layer. */
        WHOLE,
        /** A fragment without that header, of which the protocol is known. */
        LATER_FRAGMENT,
        /** An IPv6 fragment behind whose fragment header more extension headers would come, and then a protocol. */
        OPAQUE_FRAGMENT,
        /** Less than the ports, or the ICMP type and code, though it is the beginning (RFC 1858, RFC 7112). */
        CUT
    }

    /** Tells whether it is a fragment in which the upper layer's header is not to be seen. */
    public boolean laterFragment() {
        return shape == Shape.LATER_FRAGMENT || shape == Shape.OPAQUE_FRAGMENT;
    }

    /** Tells whether the upper layer's protocol can be seen. */
    public boolean protocolSeen() {
        return shape != Shape.OPAQUE_FRAGMENT;
    }

    /** Tells whether ports that are not 0 can be seen, or there would be none. */
    public boolean portsSeen() {
        return shape == Shape.WHOLE && portsSeenIfWhole();
    }

    /** Tells whether its ports, if its protocol has some, are not 0. */
    public boolean portsSeenIfWhole() {
        return !hasPorts() || (sourcePort > 0 && destinationPort > 0);
    }

    public boolean isForwarded() {
        return !enteredBy.isEmpty() && !leavesBy.isEmpty();
    }

    /** Tells whether its protocol has a type (ICMP, ICMPv6, IGMP). */
    public boolean hasType() {
        return protocol == 1 || protocol == 58 || protocol == 2;
    }

    /** Tells whether its protocol has ports (TCP, UDP, SCTP, UDP-Lite). */
    public boolean hasPorts() {
        return protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136;
    }
}
