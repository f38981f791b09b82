package org.sallyport.api.flow;

import java.net.InetAddress;

/**
 * One conversation as the SPD sees it (RFC 4301 section 4.4.1.1): addresses before any NAT, apart from who asked for it.
 * Immutable.
 *
 * @param networkNamespace inode of the network namespace, 0 for the appliance's own
 * @param protocol IP protocol, 1 to 255
 * @param local address of our side (for forwarded traffic: of the side behind us)
 * @param localPort 0 to 65535, or {@link #OPAQUE_PORT}; with ICMP type × 256 + code in both ports
 * @param remote address of the other side
 * @param remotePort as {@code localPort}
 */
public record Flow(
        long networkNamespace, int protocol, InetAddress local, int localPort, InetAddress remote, int remotePort) {
    /** A port that cannot be seen. */
    public static final int OPAQUE_PORT = -1;

    public Flow {
        if (protocol < 1 || protocol > 255) {
            throw new IllegalArgumentException(protocol + " is not an IP protocol from 1 to 255");
        }
        if (localPort < OPAQUE_PORT || localPort > 65535 || remotePort < OPAQUE_PORT || remotePort > 65535) {
            throw new IllegalArgumentException("a port lies within 0 to 65535, or is opaque");
        }
        if (Addresses.isIpv4(local) != Addresses.isIpv4(remote)) {
            throw new IllegalArgumentException("both sides of a flow are of one address family");
        }
    }

    /** Returns the same conversation as the other side sees it. */
    @SuppressWarnings("ArgumentSelectionDefectChecker")
    public Flow reversed() {
        return new Flow(networkNamespace, protocol, remote, remotePort, local, localPort);
    }

    @Override
    public String toString() {
        return IpProtocol.name(protocol) + " " + side(local, localPort) + " > " + side(remote, remotePort);
    }

    private static String side(InetAddress address, int port) {
        String text = Addresses.isIpv4(address) ? address.getHostAddress() : "[" + address.getHostAddress() + "]";
        return port == OPAQUE_PORT ? text : text + ":" + port;
    }
}
