package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/**
 * Authenticated encryption with an explicit IV and an implicit salt, as RFC 4106 has it for ESP and RFC 5282 for IKE.
 * The nonce is salt | IV.
 */
public interface Aead extends Transform {
    /** Returns the key length in octets, without the salt. */
    int keyLength();

    /** Returns the salt length in octets. */
    int saltLength();

    /** Returns the length of the explicit IV in octets. */
    int ivLength();

    /** Returns the length of the integrity check value in octets. */
    int icvLength();

    /** Returns how much key material one direction takes: key and salt, in octets. */
    default int keyMaterialLength() {
        return keyLength() + saltLength();
    }

    /**
     * Prepares one direction of one SA.
     *
     * @param keyAndSalt key followed by salt, {@link #keyMaterialLength} octets; copied, the caller still owns it
     */
    Keyed withKey(SecretBytes keyAndSalt);

    /** One key, ready for use by one thread at a time. Closing forgets it. */
    interface Keyed extends AutoCloseable {
        /**
         * Encrypts in place and writes the ICV behind the text.
         *
         * @param iv the explicit IV as a big-endian number; the caller never repeats one under the same key
         * @param buffer holds associated data and text
         * @param textLength plain text length in octets; {@code icvLength} octets behind it are overwritten
         */
        void seal(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength);

        /**
         * Verifies and decrypts in place.
         *
         * @param textLength length of the cipher text without the ICV, which follows it
         * @return whether it is genuine; when not, the text is lost and never there in clear
         */
        boolean open(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength);

        @Override
        void close();
    }
}
