package org.sallyport.linux.memory;

import java.lang.foreign.MemorySegment;

/**
 * A slot for one direction of a security association. Immutable; its memory is not.
 *
 * @param index its number, 0 to {@link SaMemory#capacity} - 1: how a replaced bundle finds it again
 * @param memory {@link SaMemory#slotSize} octets, a multiple of 64 as address; alive as long as the process
 */
public record SaSlot(int index, MemorySegment memory) {
    @Override
    public String toString() {
        return "SaSlot[" + index + "]";
    }
}
