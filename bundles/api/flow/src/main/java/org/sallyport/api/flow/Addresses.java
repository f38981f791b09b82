package org.sallyport.api.flow;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Addresses as unsigned 128-bit numbers, so that ranges of both families compare alike. Never resolves a name. */
public final class Addresses {
    private static final Pattern LITERAL = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private Addresses() {}

    /**
     * Parses an address literal.
     *
     * @throws IllegalArgumentException when it is not an IPv4 or IPv6 literal
     */
    public static InetAddress parse(String literal) {
        if (!LITERAL.matcher(literal).matches()) {
            throw new IllegalArgumentException("\"" + literal + "\" is not an IPv4 or IPv6 address");
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + literal + "\" is not an IPv4 or IPv6 address", e);
        }
    }

    /** Makes an address of 4 or 16 octets. */
    public static InetAddress of(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length, e);
        }
    }

    /** Tells whether it is IPv4. */
    public static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /** Returns the upper 64 bits; 0 for IPv4. */
    public static long high(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 4 ? 0 : number(octets, 0, 8);
    }

    /** Returns the lower 64 bits; for IPv4 the address in the lower 32. */
    public static long low(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 4 ? number(octets, 0, 4) : number(octets, 8, 8);
    }

    /** Compares two unsigned 128-bit numbers. */
    public static int compare(long high, long low, long otherHigh, long otherLow) {
        int upper = Long.compareUnsigned(high, otherHigh);
        return upper != 0 ? upper : Long.compareUnsigned(low, otherLow);
    }

    private static long number(byte[] octets, int from, int length) {
        long value = 0;
        for (int i = from; i < from + length; i++) {
            value = (value << 8) | (octets[i] & 0xff);
        }
        return value;
    }

    /**
     * Makes an address of its number.
     *
     * @param high as {@link #high} gives it, 0 with IPv4
     * @param low as {@link #low} gives it
     */
    public static InetAddress of(boolean ipv4, long high, long low) {
        byte[] octets = new byte[ipv4 ? 4 : 16];
        for (int i = 0; i < octets.length; i++) {
            int fromEnd = octets.length - 1 - i;
            octets[i] = (byte) (fromEnd < 8 ? low >>> (8 * fromEnd) : high >>> (8 * (fromEnd - 8)));
        }
        return of(octets);
    }
}
