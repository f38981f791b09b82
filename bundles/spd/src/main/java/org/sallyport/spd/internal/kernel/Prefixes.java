package org.sallyport.spd.internal.kernel;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.netlink.Prefix;

/** Address ranges as the networks that make them up, which is what policy rules know. */
final class Prefixes {
    private Prefixes() {}

    /** Returns the fewest networks that make up a range, in their order. */
    static List<Prefix> of(AddressRange range) {
        int bits = range.isIpv4() ? 32 : 128;
        BigInteger next = number(range.first());
        BigInteger last = number(range.last());
        List<Prefix> prefixes = new ArrayList<>();
        while (next.compareTo(last) <= 0) {
            int aligned = next.signum() == 0 ? bits : next.getLowestSetBit();
            int fitting = last.subtract(next).add(BigInteger.ONE).bitLength() - 1;
            int size = Math.min(aligned, fitting);
            prefixes.add(new Prefix(address(next, bits), bits - size));
            next = next.add(BigInteger.ONE.shiftLeft(size));
        }
        return prefixes;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress address(BigInteger number, int bits) {
        byte[] octets = new byte[bits / 8];
        byte[] digits = number.toByteArray();
        int count = Math.min(digits.length, octets.length);
        System.arraycopy(digits, digits.length - count, octets, octets.length - count, count);
        return Addresses.of(octets);
    }
}
