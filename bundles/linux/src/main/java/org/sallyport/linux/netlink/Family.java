package org.sallyport.linux.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;

/** An address family. */
public enum Family {
    IPV4(2, 32),
    IPV6(10, 128);

    private final int number;
    private final int bits;

    Family(int number, int bits) {
        this.number = number;
        this.bits = bits;
    }

    /** Returns the family of an address. */
    public static Family of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    /** Returns the kernel's number, AF_INET or AF_INET6. */
    public int number() {
        return number;
    }

    /** Returns the length of an address: 32 or 128 bits. */
    public int bits() {
        return bits;
    }
}
