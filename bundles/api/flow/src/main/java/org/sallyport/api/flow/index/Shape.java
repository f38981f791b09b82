package org.sallyport.api.flow.index;

import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;

/**
 * How a key is cut from addresses and ports: by the lengths of the smallest prefixes that cover them, and by whether a
 * port is a single one. Immutable.
 *
 * @param localBits length of the local prefix, an IPv4 one counted from the 97th bit of 128
 * @param remoteBits length of the remote prefix, likewise
 */
record Shape(boolean ipv4, int localBits, int remoteBits, boolean localPort, boolean remotePort) {
    private static final int IPV4_OFFSET = 96;

    static Shape of(TrafficSelector local, TrafficSelector remote) {
        return new Shape(
                local.addresses().isIpv4(),
                commonBits(local.addresses()),
                commonBits(remote.addresses()),
                single(local),
                single(remote));
    }

    /** Tells whether whatever yields the same key lies within both selectors, protocols aside. */
    static boolean exact(TrafficSelector local, TrafficSelector remote) {
        return exact(local) && exact(remote);
    }

    private static boolean exact(TrafficSelector selector) {
        int bits = commonBits(selector.addresses());
        return isPrefix(selector.addresses(), bits)
                && (single(selector) || selector.ports().equals(PortRange.ANY));
    }

    private static boolean isPrefix(AddressRange range, int bits) {
        long hostsHigh = ~high(bits);
        long hostsLow = ~low(bits);
        boolean ipv4 = range.isIpv4();
        return (Addresses.high(range.first()) & hostsHigh) == 0
                && (Addresses.low(range.first()) & hostsLow) == 0
                && (ipv4 || (Addresses.high(range.last()) | high(bits)) == -1L)
                && ((Addresses.low(range.last()) | low(bits)) & width(ipv4)) == width(ipv4);
    }

    private static long width(boolean ipv4) {
        return ipv4 ? 0xffff_ffffL : -1L;
    }

    private static boolean single(TrafficSelector selector) {
        return selector.ports().first() == selector.ports().last();
    }

    /** Returns the length of the smallest prefix that covers a range. */
    private static int commonBits(AddressRange range) {
        int high = Long.numberOfLeadingZeros(Addresses.high(range.first()) ^ Addresses.high(range.last()));
        int low = Long.numberOfLeadingZeros(Addresses.low(range.first()) ^ Addresses.low(range.last()));
        int common = high < Long.SIZE ? high : Long.SIZE + low;
        return range.isIpv4() ? Math.max(IPV4_OFFSET, common) : common;
    }

    /** Returns the mask of a prefix's upper 64 bits. */
    static long high(int bits) {
        return bits >= Long.SIZE ? -1L : bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }

    /** Returns the mask of a prefix's lower 64 bits. */
    static long low(int bits) {
        return bits <= Long.SIZE ? 0 : high(bits - Long.SIZE);
    }

    /** Returns all of it in one number. */
    int number() {
        return (ipv4 ? 1 : 0) | (localPort ? 2 : 0) | (remotePort ? 4 : 0) | localBits << 3 | remoteBits << 11;
    }
}
