package org.sallyport.linux.udp.internal;

import java.lang.foreign.MemorySegment;
import org.sallyport.linux.udp.UdpDestination;

/**
 * A peer's socket address and the control message that chooses ours, ready to be copied. A class, not a record: two are
 * the same only when they are the same object.
 */
final class KernelDestination implements UdpDestination {
    /** Goes nowhere: what no batch was given yet. */
    static final KernelDestination NOWHERE = new KernelDestination(MemorySegment.NULL, MemorySegment.NULL);

    private final MemorySegment name;
    private final MemorySegment control;

    KernelDestination(MemorySegment name, MemorySegment control) {
        this.name = name;
        this.control = control;
    }

    long nameAddress() {
        return name.address();
    }

    int nameLength() {
        return (int) name.byteSize();
    }

    long controlAddress() {
        return control.address();
    }

    int controlLength() {
        return (int) control.byteSize();
    }
}
