package org.sallyport.classifier.internal.ah;

/**
 * The Authentication Header (RFC 4302 section 2): next header, length, reserved, SPI, sequence number, and the ICV with
 * what pads it.
 */
public final class AhFormat {
    /** IP protocol number. */
    public static final int PROTOCOL = 51;
    /** Octets in front of the ICV. */
    public static final int FIXED = 12;
    /** Where the SPI lies. */
    public static final int SPI = 4;
    /** Where the sequence number lies. */
    public static final int SEQUENCE = 8;
    /** Octets of an IPv4 header without options. */
    public static final int IPV4_HEADER = 20;
    /** Octets of an IPv6 header. */
    public static final int IPV6_HEADER = 40;

    private static final int LONGEST_ICV = 32;
    private static final int SHORTEST_ICV = 12;
    private static final int IPV4_ALIGNMENT = 4;
    private static final int IPV6_ALIGNMENT = 8;

    /** Most that the sender writes in front of what is protected: over IPv4 with the IP header. */
    public static final int OVERHEAD = IPV4_HEADER + headerLength(LONGEST_ICV, false);
    /** Shortest header that can be one, and nothing behind it. */
    public static final int SHORTEST = FIXED + SHORTEST_ICV;

    private AhFormat() {}

    /**
     * Returns the octets of the header: a multiple of 4 over IPv4, of 8 over IPv6 (section 2.2).
     *
     * @param icv octets of the ICV
     */
    public static int headerLength(int icv, boolean ipv4) {
        int alignment = ipv4 ? IPV4_ALIGNMENT : IPV6_ALIGNMENT;
        return FIXED + icv + alignment - 1 & -alignment;
    }

    /**
     * Tells whether a header of this length is one with such an ICV. Over IPv4 padding to 8 octets is taken too, which
     * section 3.3.3.2.1 does not allow: Linux does so unless it is told to align to 4. Padding is authenticated.
     */
    public static boolean fits(int length, int icv, boolean ipv4) {
        return length == headerLength(icv, ipv4) || length == headerLength(icv, false);
    }

    /** Returns the octets that a header's length field tells: it counts words of 4 octets, less 2. */
    static int lengthOf(int field) {
        return (field + 2) * 4;
    }

    /** Returns the length field of a header. */
    static int field(int length) {
        return length / 4 - 2;
    }
}
