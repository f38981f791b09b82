package org.sallyport.classifier.internal.esp;

/** Sizes of an ESP packet with AES-GCM (RFC 4303 section 2, RFC 4106 section 3). */
public final class EspFormat {
    /** SPI and sequence number. */
    public static final int HEADER = 8;
    /** Where the text begins: after header and explicit IV. */
    public static final int TEXT = HEADER + PacketAead.IV;
    /** Pad length and next header. */
    public static final int TRAILER = 2;
    /** What text ends on: a multiple of this. */
    public static final int ALIGNMENT = 4;
    /** Most that a packet grows by. */
    public static final int OVERHEAD = TEXT + ALIGNMENT - 1 + TRAILER + PacketAead.ICV;
    /** Shortest packet that can be one. */
    public static final int SHORTEST = TEXT + ALIGNMENT + PacketAead.ICV;

    /** Next header of an IPv4 packet in a tunnel. */
    public static final int NEXT_IPV4 = 4;
    /** Next header of an IPv6 packet in a tunnel. */
    public static final int NEXT_IPV6 = 41;
    /** Next header of a dummy packet (RFC 4303 section 2.6). */
    public static final int NEXT_NONE = 59;

    private EspFormat() {}
}
