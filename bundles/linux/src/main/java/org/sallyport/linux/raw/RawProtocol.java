package org.sallyport.linux.raw;

/** An IP protocol whose packets name their SA. */
public enum RawProtocol {
    /** Encapsulating Security Payload (RFC 4303): the kernel writes the IP header of what is sent. */
    ESP(50, 0, false),
    /**
     * Authentication Header (RFC 4302). Its ICV covers the Identification of an IPv4 header (section 3.3.3.1.1.1), so
     * the sender writes that header itself.
     */
    AH(51, 4, true);

    private final int number;
    private final int spiOffset;
    private final boolean writesIpv4Header;

    RawProtocol(int number, int spiOffset, boolean writesIpv4Header) {
        this.number = number;
        this.spiOffset = spiOffset;
        this.writesIpv4Header = writesIpv4Header;
    }

    /** Returns IANA's protocol number. */
    public int number() {
        return number;
    }

    /** Returns where the SPI lies in its header, in octets. */
    public int spiOffset() {
        return spiOffset;
    }

    /**
     * Tells whether what is sent over IPv4 begins with its IP header (IP_HDRINCL). The kernel fills in total length and
     * checksum, and the Identification where it is 0; it does not fragment such a packet.
     */
    public boolean writesIpv4Header() {
        return writesIpv4Header;
    }
}
