package org.sallyport.sad.internal;

import java.lang.foreign.MemorySegment;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.linux.memory.SaSlot;

/**
 * One direction of a pair with its slot.
 *
 * @param sa as the data plane knows it
 * @param slot its memory
 */
record Side(InstalledSa sa, SaSlot slot) {
    MemorySegment memory() {
        return slot.memory();
    }
}
