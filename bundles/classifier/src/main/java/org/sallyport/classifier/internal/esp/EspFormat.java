package org.sallyport.classifier.internal.esp;

/** Sizes of an ESP packet (RFC 4303 section 2). */
public final class EspFormat {
    /** SPI and sequence number. */
    public static final int HEADER = 8;
    /** Pad length and next header. */
    public static final int TRAILER = 2;
    /** What text ends on at least: a multiple of this. */
    public static final int ALIGNMENT = 4;

    private static final int UDP_HEADER = 8;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;

    private static final int LONGEST_BLOCK = 16;
    private static final int LONGEST_ICV = 32;
    private static final int SHORTEST_ICV = 8;

    /** Most that a packet grows by. */
    public static final int OVERHEAD = HEADER + LONGEST_BLOCK + LONGEST_BLOCK - 1 + TRAILER + LONGEST_ICV;
    /** Shortest packet that can be one: without encryption, and with the shortest ICV. */
    public static final int SHORTEST = HEADER + ALIGNMENT + SHORTEST_ICV;

    /** Next header of an IPv4 packet in a tunnel. */
    public static final int NEXT_IPV4 = 4;
    /** Next header of an IPv6 packet in a tunnel. */
    public static final int NEXT_IPV6 = 41;
    /** Next header of a dummy packet (RFC 4303 section 2.6). */
    public static final int NEXT_NONE = 59;

    /**
     * Tells whether an IPv6 extension header has its place in front of ESP (RFC 4303 section 3.1.1): hop-by-hop options,
     * routing and fragment headers concern routers, or what is put together before ESP is opened.
     */
    public static boolean belongsOutside(int nextHeader) {
        return nextHeader == HOP_BY_HOP || nextHeader == ROUTING || nextHeader == FRAGMENT;
    }

    /**
     * Returns how many octets can be sealed, trailer apart, so that the packet is not cut outside.
     *
     * @param path the path's MTU
     * @param outerIpv4 whether the path is IPv4's
     * @param inUdp whether ESP travels in UDP (RFC 3948)
     */
    public static int room(int path, boolean outerIpv4, boolean inUdp, PacketAead aead) {
        int outside = ipHeader(outerIpv4) + (inUdp ? UDP_HEADER : 0);
        int sealed = path - outside - HEADER - aead.ivLength() - aead.icvLength();
        return sealed - sealed % aead.alignment() - TRAILER;
    }

    /** Returns octets of an IP header without options. */
    public static int ipHeader(boolean ipv4) {
        return ipv4 ? 20 : 40;
    }

    private EspFormat() {}
}
