package org.sallyport.api.sa;

/**
 * The algorithms of a Child SA, by IANA transform id. Immutable.
 *
 * @param encryption ENCR transform id (20 = AES-GCM-16), 0 for AH, which encrypts nothing
 * @param keyBits the cipher's key length attribute in bits, 0 when its key length is fixed
 * @param integrity INTEG transform id, 0 with an AEAD
 * @param extendedSequenceNumbers 64-bit sequence numbers (RFC 4303 section 2.2.1)
 */
public record SaSuite(int encryption, int keyBits, int integrity, boolean extendedSequenceNumbers) {
    /** Returns whose algorithms these are: only AH's proposals have no encryption transform (RFC 7296 section 3.3.3). */
    public IpsecProtocol protocol() {
        return encryption == 0 ? IpsecProtocol.AH : IpsecProtocol.ESP;
    }
}
