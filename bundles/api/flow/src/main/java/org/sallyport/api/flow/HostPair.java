package org.sallyport.api.flow;

import java.net.InetAddress;

/**
 * Two hosts, of one address family. Immutable.
 *
 * @param local ours
 * @param remote the peer's
 */
public record HostPair(InetAddress local, InetAddress remote) {
    public HostPair {
        if (Addresses.isIpv4(local) != Addresses.isIpv4(remote)) {
            throw new IllegalArgumentException(
                    local.getHostAddress() + " and " + remote.getHostAddress() + " are of different families");
        }
    }

    /** Tells whether both are IPv4 addresses; else both are IPv6 ones. */
    public boolean isIpv4() {
        return Addresses.isIpv4(local);
    }

    /** Returns the same hosts as the other one sees them. */
    public HostPair reversed() {
        return new HostPair(/* local= */ remote, /* remote= */ local);
    }

    @Override
    public String toString() {
        return local.getHostAddress() + " === " + remote.getHostAddress();
    }
}
