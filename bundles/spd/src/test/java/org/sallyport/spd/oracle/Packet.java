package org.sallyport.spd.oracle;

import java.math.BigInteger;

/**
 * A packet in clear, as it stands on the wire.
 *
 * @param protocol of the upper layer
 * @param sourcePort 0 to 65535, of protocols that have ports
 * @param destinationPort as {@code sourcePort}
 * @param icmpType 0 to 255, of ICMP and ICMPv6
 * @param icmpCode 0 to 255, of ICMP and ICMPv6
 * @param laterFragment whether it is a fragment that does not hold the upper layer's header
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
        int icmpType,
        int icmpCode,
        boolean laterFragment,
        String enteredBy,
        String leavesBy) {
    public boolean isForwarded() {
        return !enteredBy.isEmpty() && !leavesBy.isEmpty();
    }

    public boolean isIcmp() {
        return protocol == 1 || protocol == 58;
    }

    /** Tells whether its protocol has ports (TCP, UDP, SCTP, UDP-Lite). */
    public boolean hasPorts() {
        return protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136;
    }
}
