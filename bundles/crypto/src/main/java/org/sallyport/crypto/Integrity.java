package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/** An integrity algorithm (RFC 7296 section 3.3.2, transform type 3) with its truncation. */
public interface Integrity extends Transform {
    /** Returns the key length in octets. */
    int keyLength();

    /** Returns the length of the integrity check value in octets, with the IV that it may begin with. */
    int icvLength();

    /**
     * Tells whether each ICV takes a number that is never repeated under the same key, as AES-GMAC does (RFC 4543). Such an
     * algorithm protects what has a place for the number: AH, and not ESP or IKE, whose integrity algorithms have none.
     */
    default boolean numbered() {
        return false;
    }

    /**
     * Prepares one direction of one SA.
     *
     * @param key {@link #keyLength} octets; copied, the caller still owns it
     */
    Keyed withKey(SecretBytes key);

    /** One key, ready for use by one thread at a time. Closing forgets it. */
    interface Keyed extends AutoCloseable {
        /** Writes the ICV of a range to {@code icvOffset}, which may lie within the range. */
        void sign(byte[] buffer, int offset, int length, int icvOffset);

        /**
         * Likewise, by a number that is never repeated under the same key; where {@link #numbered} is false it is not looked
         * at.
         */
        default void sign(long number, byte[] buffer, int offset, int length, int icvOffset) {
            sign(buffer, offset, length, icvOffset);
        }

        /** Tells, in time that does not depend on its value, whether the ICV at {@code icvOffset} is that of a range. */
        boolean verify(byte[] buffer, int offset, int length, int icvOffset);

        @Override
        void close();
    }
}
