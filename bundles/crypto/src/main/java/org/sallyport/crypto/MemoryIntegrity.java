package org.sallyport.crypto;

import org.sallyport.api.secret.SecretBytes;

/**
 * An integrity algorithm that also works on packets where they lie, outside the heap, as {@link MemoryAead} does.
 *
 * <p>Thread safety: immutable.
 */
public interface MemoryIntegrity extends Integrity {
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
        /** Writes the ICV of a range and of a tail that lies elsewhere, and may be empty, to {@code icv}. */
        void sign(long range, int length, long tail, int tailLength, long icv);

        /** Tells, in time that does not depend on its value, whether the ICV at {@code icv} is that of range and tail. */
        boolean verify(long range, int length, long tail, int tailLength, long icv);

        @Override
        void close();
    }
}
