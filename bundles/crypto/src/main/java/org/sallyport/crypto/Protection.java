package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.internal.Protections;

/**
 * What protects the messages of an SA: an AEAD, or an encryption and an integrity algorithm, encrypting first. A message is
 * header | IV | text | ICV; the header is authenticated, and so is all that follows it.
 *
 * <p>Thread safety: immutable.
 */
public interface Protection {
    /**
     * Puts the algorithms of a suite together.
     *
     * @param encryption ENCR transform id
     * @param keyBits its key length attribute, 0 for none
     * @param integrity INTEG transform id, 0 with an AEAD
     * @throws UnavailableTransformException when one of them is not there, or when nothing would authenticate
     */
    static Protection of(CryptoRegistry registry, int encryption, int keyBits, int integrity)
            throws UnavailableTransformException {
        return Protections.of(registry, TransformId.encr(encryption, keyBits), integrity);
    }

    /** Returns the length of the encryption key in octets, without the salt. */
    int keyLength();

    /** Returns the length of the salt that follows the encryption key in octets. */
    int saltLength();

    /** Returns the length of the integrity key in octets, 0 with an AEAD. */
    int integrityKeyLength();

    /** Returns the length of the IV in octets. */
    int ivLength();

    /** Returns the length of the integrity check value in octets. */
    int icvLength();

    /** Returns the octets of a block: text has a multiple of it. */
    int blockLength();

    /**
     * Prepares one direction of one SA.
     *
     * @param encryption key followed by salt; copied, the caller still owns it
     * @param integrity integrity key, empty with an AEAD; copied, the caller still owns it
     */
    Keyed withKeys(SecretBytes encryption, SecretBytes integrity);

    /** The keys of one direction, ready for use by one thread at a time. Closing forgets them. */
    interface Keyed extends AutoCloseable {
        /**
         * Writes the IV, encrypts in place, and writes the ICV behind the text.
         *
         * @param number counts messages; the caller never repeats one under the same key
         * @param message has its header and, behind the room for the IV, its text
         * @param headerLength octets of the header
         * @param textLength octets of the text, a multiple of the block length
         */
        void seal(long number, byte[] message, int headerLength, int textLength);

        /**
         * Verifies and, only if that succeeds, decrypts in place.
         *
         * @return whether it is genuine
         */
        boolean open(byte[] message, int headerLength, int textLength);

        @Override
        void close();
    }
}
