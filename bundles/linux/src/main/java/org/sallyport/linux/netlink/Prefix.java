package org.sallyport.linux.netlink;

import java.net.InetAddress;

/**
 * A network: an address and how many of its leading bits count. Immutable.
 *
 * @param address any address within
 * @param length 0 to 32 or 128
 */
public record Prefix(InetAddress address, int length) {
    public Prefix {
        if (length < 0 || length > Family.of(address).bits()) {
            throw new IllegalArgumentException(length + " is no prefix length from 0 to "
                    + Family.of(address).bits() + " for " + address.getHostAddress());
        }
    }

    /** The network of one address. */
    public static Prefix of(InetAddress address) {
        return new Prefix(address, Family.of(address).bits());
    }

    /** Returns the family. */
    public Family family() {
        return Family.of(address);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
