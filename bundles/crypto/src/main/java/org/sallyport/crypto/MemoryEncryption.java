package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/**
 * An encryption algorithm that also works on packets where they lie, outside the heap, as {@link MemoryAead} does.
 *
 * <p>Thread safety: immutable.
 */
public interface MemoryEncryption extends Encryption {
    /**
     * Prepares one direction of one SA, for packets in memory.
     *
     * @param key {@link #keyLength} octets; copied, the caller still owns it
     */
    KeyedMemory withKeyForMemory(SecretBytes key);

    /**
     * One key, ready for use by one thread at a time. <b>Addresses are not checked</b>: who calls has made sure that they
     * lie within memory that is alive. Closing overwrites the key; whatever is asked afterwards throws.
     */
    interface KeyedMemory extends AutoCloseable {
        /**
         * Writes an IV that nobody can predict, and encrypts the text behind it in place.
         *
         * @param number counts messages; the caller never repeats one under the same key
         * @param iv address where the IV goes; the text follows it
         * @param textLength a multiple of the block length
         */
        void encrypt(long number, long iv, int textLength);

        /** Decrypts the text behind an IV in place; the IV is lost. */
        void decrypt(long iv, int textLength);

        @Override
        void close();
    }
}
