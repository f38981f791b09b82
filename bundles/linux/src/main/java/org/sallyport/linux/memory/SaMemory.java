package org.sallyport.linux.memory;

import java.util.List;
import java.util.Optional;

/**
 * Service: memory for security associations that outlives every bundle but this one. It is left out of core dumps,
 * gives a forked child zeros, and is locked against swapping where the process may do that. What a slot means is
 * org.sallyport.api.sa.SaSlotLayout's business.
 *
 * <p>Thread safety: every method may be called from any thread.
 */
public interface SaMemory {
    /** Returns the octets in a slot. */
    int slotSize();

    /** Returns how many slots there can be. */
    int capacity();

    /** Returns how many slots are in use. */
    int used();

    /** Takes a slot, zeroed; empty when all are in use. */
    Optional<SaSlot> allocate();

    /** Returns a slot that is in use by its number. */
    Optional<SaSlot> find(int index);

    /** Returns every slot in use, by number: what a bundle that was replaced takes over. */
    List<SaSlot> inUse();

    /**
     * Gives a slot back, once no worker refers to it any more, and overwrites it with zeros.
     *
     * @throws IllegalStateException when the slot is not in use
     */
    void free(SaSlot slot);
}
