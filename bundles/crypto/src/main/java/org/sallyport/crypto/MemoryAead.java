package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/**
 * An AEAD that also works on packets where they lie, outside the heap: nothing is copied and nothing is allocated. The data
 * plane prefers it to one that works on arrays alone.
 *
 * <p>Thread safety: immutable.
 */
public interface MemoryAead extends Aead {
    /**
     * Prepares one direction of one SA, for packets in memory.
     *
     * @param keyAndSalt key followed by salt, {@link #keyMaterialLength} octets; copied, the caller still owns it
     */
    KeyedMemory withKeyForMemory(SecretBytes keyAndSalt);

    /**
     * One key, ready for use by one thread at a time. <b>Addresses are not checked</b>: who calls has made sure that they
     * lie within memory that is alive. Closing overwrites the key; whatever is asked afterwards throws.
     */
    interface KeyedMemory extends AutoCloseable {
        /**
         * Encrypts in place and writes the ICV behind the text.
         *
         * @param iv the explicit IV as a big-endian number; the caller never repeats one under the same key
         * @param associated address of what is authenticated besides
         * @param text address of the plain text; {@code icvLength} octets behind it are overwritten
         */
        void seal(long iv, long associated, int associatedLength, long text, int textLength);

        /**
         * Verifies and decrypts in place.
         *
         * @param text address of the cipher text, which the ICV follows
         * @param textLength octets without the ICV
         * @return whether it is genuine; when not, the text is lost and never there in clear
         */
        boolean open(long iv, long associated, int associatedLength, long text, int textLength);

        @Override
        void close();
    }
}
