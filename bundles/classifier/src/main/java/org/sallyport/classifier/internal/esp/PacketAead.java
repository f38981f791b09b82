package org.sallyport.classifier.internal.esp;

/**
 * What protects the packets of one direction of one SA, in memory: an AEAD, or encryption and then integrity (RFC 4303
 * section 3.3.2). SPI and sequence number are authenticated, with extended sequence numbers all 64 bits of it. Belongs to
 * the worker that owns the SA.
 */
public interface PacketAead extends PacketProtection {
    /** Octets of the IV in front of the text. */
    int ivLength();

    /** Octets of the integrity check value behind the text. */
    int icvLength();

    /** What the length of the text is a multiple of. */
    int alignment();

    /**
     * Encrypts in place; the IV is put in front of the text and the ICV behind it.
     *
     * @param text address of the text; the packet's header lies in front of the IV already
     * @param length octets of the text
     * @param sequence all 64 bits of the sequence number
     * @param number what the IV is made of; never the same one twice
     */
    void seal(long text, int length, long sequence, long number);

    /**
     * Verifies and, only if that succeeds, decrypts in place.
     *
     * @param text address of the text, between IV and ICV
     * @param length octets of the text alone
     * @return whether it is genuine; when not, the text may be lost, and is never there in clear
     */
    boolean open(long text, int length, long sequence);

    @Override
    default int room(int path, boolean outerIpv4, boolean udp) {
        return EspFormat.room(path, outerIpv4, udp, this);
    }
}
