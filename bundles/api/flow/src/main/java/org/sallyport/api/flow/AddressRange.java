package org.sallyport.api.flow;

import java.net.InetAddress;
import java.util.OptionalInt;

/**
 * An inclusive range of addresses of one family (RFC 4301 section 4.4.1.1). Immutable.
 *
 * @param first the lowest address
 * @param last the highest address, of the same family
 */
public record AddressRange(InetAddress first, InetAddress last) {
    public AddressRange {
        if (Addresses.isIpv4(first) != Addresses.isIpv4(last)) {
            throw new IllegalArgumentException(
                    first.getHostAddress() + " and " + last.getHostAddress() + " are of different families");
        }
        if (compare(first, last) > 0) {
            throw new IllegalArgumentException(
                    first.getHostAddress() + " is above " + last.getHostAddress() + ", the end of its range");
        }
    }

    /** Every IPv4 address. */
    public static final AddressRange ANY_IPV4 = parse("0.0.0.0/0");

    /** Every IPv6 address. */
    public static final AddressRange ANY_IPV6 = parse("::/0");

    /** The range of one address. */
    public static AddressRange of(InetAddress address) {
        return new AddressRange(address, address);
    }

    /**
     * Parses {@code a}, {@code a/prefix} or {@code a-b}.
     *
     * @throws IllegalArgumentException with words for the person who wrote it
     */
    public static AddressRange parse(String text) {
        String trimmed = text.trim();
        int dash = trimmed.indexOf('-');
        if (dash >= 0) {
            return new AddressRange(
                    Addresses.parse(trimmed.substring(0, dash).trim()),
                    Addresses.parse(trimmed.substring(dash + 1).trim()));
        }
        int slash = trimmed.indexOf('/');
        if (slash < 0) {
            return of(Addresses.parse(trimmed));
        }
        return ofPrefix(Addresses.parse(trimmed.substring(0, slash)), trimmed.substring(slash + 1));
    }

    private static AddressRange ofPrefix(InetAddress address, String prefixText) {
        byte[] low = address.getAddress();
        byte[] high = low.clone();
        int width = low.length * 8;
        if (!prefixText.matches("[0-9]{1,3}") || Integer.parseInt(prefixText) > width) {
            throw new IllegalArgumentException("\"/" + prefixText + "\" is not a prefix length from 0 to " + width);
        }
        int prefix = Integer.parseInt(prefixText);
        for (int bit = prefix; bit < width; bit++) {
            int mask = 0x80 >> (bit & 7);
            low[bit >> 3] = (byte) (low[bit >> 3] & ~mask);
            high[bit >> 3] = (byte) (high[bit >> 3] | mask);
        }
        return new AddressRange(Addresses.of(low), Addresses.of(high));
    }

    /** Returns the length of the prefix whose addresses these are; empty when they are those of none. */
    public OptionalInt prefixLength() {
        int prefix = prefix(first.getAddress(), last.getAddress());
        return prefix < 0 ? OptionalInt.empty() : OptionalInt.of(prefix);
    }

    /** Tells whether it is a range of IPv4 addresses. */
    public boolean isIpv4() {
        return Addresses.isIpv4(first);
    }

    /** Tells whether the address lies within. */
    public boolean contains(InetAddress address) {
        return Addresses.isIpv4(address) == isIpv4() && compare(first, address) <= 0 && compare(address, last) <= 0;
    }

    /** Tells whether the other range lies within. */
    public boolean contains(AddressRange other) {
        return contains(other.first) && contains(other.last);
    }

    /** Returns the common part, if there is one. */
    public java.util.Optional<AddressRange> intersect(AddressRange other) {
        if (isIpv4() != other.isIpv4()) {
            return java.util.Optional.empty();
        }
        InetAddress low = compare(first, other.first) >= 0 ? first : other.first;
        InetAddress high = compare(last, other.last) <= 0 ? last : other.last;
        return compare(low, high) > 0 ? java.util.Optional.empty() : java.util.Optional.of(new AddressRange(low, high));
    }

    private static int compare(InetAddress a, InetAddress b) {
        return Addresses.compare(Addresses.high(a), Addresses.low(a), Addresses.high(b), Addresses.low(b));
    }

    @Override
    public String toString() {
        if (first.equals(last)) {
            return first.getHostAddress();
        }
        int prefix = prefix(first.getAddress(), last.getAddress());
        return first.getHostAddress() + (prefix < 0 ? "-" + last.getHostAddress() : "/" + prefix);
    }

    /** Returns the length of the prefix that two addresses are the ends of, -1 when they are the ends of none. */
    private static int prefix(byte[] low, byte[] high) {
        int width = low.length * 8;
        int prefix = 0;
        while (prefix < width && bit(low, prefix) == bit(high, prefix)) {
            prefix++;
        }
        for (int rest = prefix; rest < width; rest++) {
            if (bit(low, rest) != 0 || bit(high, rest) != 1) {
                return -1;
            }
        }
        return prefix;
    }

    private static int bit(byte[] octets, int number) {
        return octets[number >> 3] >> (7 - (number & 7)) & 1;
    }
}
