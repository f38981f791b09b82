package org.sallyport.linux.tun;

/**
 * struct virtio_net_hdr as a TUN device uses it: in the machine's byte order, without num_buffers. Offsets are octets
 * from its beginning.
 */
public final class VirtioHeader {
    /** Octets in the header. */
    public static final int SIZE = 10;

    /** One octet: {@link #NEEDS_CHECKSUM}, {@link #DATA_VALID}. */
    public static final int FLAGS = 0;
    /** One octet: one of the GSO_ constants, maybe with {@link #GSO_ECN}. */
    public static final int GSO_TYPE = 1;
    /** Two octets: length of the headers that every segment repeats; a hint. */
    public static final int HEADER_LENGTH = 2;
    /** Two octets: payload of each segment. */
    public static final int GSO_SIZE = 4;
    /** Two octets: where the checksum begins to cover, from the packet's beginning. */
    public static final int CHECKSUM_START = 6;
    /** Two octets: where the checksum is put, from {@link #CHECKSUM_START}. */
    public static final int CHECKSUM_OFFSET = 8;

    /** The checksum field holds the sum of the pseudo-header alone; the rest is to be added. */
    public static final int NEEDS_CHECKSUM = 1;
    /** The checksum was verified. */
    public static final int DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP = 5;
    /** TCP with ECN: a CWR flag belongs to the first segment alone. */
    public static final int GSO_ECN = 0x80;

    private VirtioHeader() {}
}
