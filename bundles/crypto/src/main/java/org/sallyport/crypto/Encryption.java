package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/**
 * An encryption algorithm that does not authenticate, such as AES-CBC (RFC 3602). Use it with an {@link Integrity} over IV
 * and cipher text, which is verified before anything is decrypted.
 */
public interface Encryption extends Transform {
    /** Returns the key length in octets. */
    int keyLength();

    /** Returns the length of the IV in octets. */
    int ivLength();

    /** Returns the octets of a block: text has a multiple of it. */
    int blockLength();

    /**
     * Prepares one direction of one SA.
     *
     * @param key {@link #keyLength} octets; copied, the caller still owns it
     */
    Keyed withKey(SecretBytes key);

    /** One key, ready for use by one thread at a time. Closing forgets it. */
    interface Keyed extends AutoCloseable {
        /**
         * Writes an IV that nobody can predict, and encrypts the text behind it in place.
         *
         * @param number counts messages; the caller never repeats one under the same key
         * @param ivOffset where the IV goes; the text follows it
         */
        void encrypt(long number, byte[] buffer, int ivOffset, int textLength);

        /** Decrypts the text behind an IV in place; the IV is lost. */
        void decrypt(byte[] buffer, int ivOffset, int textLength);

        @Override
        void close();
    }
}
