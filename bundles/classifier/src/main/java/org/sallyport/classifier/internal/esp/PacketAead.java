package org.sallyport.classifier.internal.esp;

/**
 * Authenticated encryption of one direction of one SA, on packets in memory (RFC 4106). The associated data are SPI and
 * sequence number, with extended sequence numbers all 64 bits of it. Belongs to the worker that owns the SA.
 */
public interface PacketAead {
    /** Octets of the explicit IV. */
    int IV = 8;
    /** Octets of the integrity check value. */
    int ICV = 16;

    /**
     * Encrypts in place; the ICV is put behind the text.
     *
     * @param text address of the text
     * @param length octets of the text
     * @param sequence all 64 bits of the sequence number
     * @param iv the explicit IV; never the same one twice
     */
    void seal(long text, int length, long sequence, long iv);

    /**
     * Verifies and, only if that succeeds, decrypts in place.
     *
     * @param text address of the text, which the ICV follows
     * @param length octets of the text without the ICV
     */
    boolean open(long text, int length, long sequence, long iv);

    /** Overwrites the keys; nothing can be sealed or opened any more. */
    void wipe();
}
