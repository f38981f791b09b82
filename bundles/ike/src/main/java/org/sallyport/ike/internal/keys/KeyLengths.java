package org.sallyport.ike.internal.keys;

import org.sallyport.crypto.Protection;

/**
 * How much key material one direction of a Child SA takes, in the order in which it is cut (RFC 7296 section 2.17).
 *
 * @param encryption octets of the encryption key, 0 with AH
 * @param salt octets of an AEAD's salt
 * @param integrity octets of the integrity key, 0 with an AEAD
 */
public record KeyLengths(int encryption, int salt, int integrity) {
    /** Returns those of ESP. */
    public static KeyLengths of(Protection protection) {
        return new KeyLengths(protection.keyLength(), protection.saltLength(), protection.integrityKeyLength());
    }

    /** Returns the octets of all. */
    public int total() {
        return encryption + salt + integrity;
    }
}
