package org.sallyport.linux.udp.internal;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.sallyport.linux.udp.UdpDestination;

/**
 * A peer's socket address and the control message that chooses ours, ready to be copied. A class, not a record: two are
 * the same only when they are the same object.
 */
final class KernelDestination implements UdpDestination {
    /** Goes nowhere: what no batch was given yet. */
    static final KernelDestination NOWHERE = new KernelDestination(MemorySegment.NULL, MemorySegment.NULL, true);

    private final MemorySegment name;
    private final MemorySegment control;
    private final boolean ipv4;

    /** @param ipv4 whether packets to there are IPv4's, also where the socket is IPv6's */
    KernelDestination(MemorySegment name, MemorySegment control, boolean ipv4) {
        this.name = name;
        this.control = control;
        this.ipv4 = ipv4;
    }

    boolean ipv4() {
        return ipv4;
    }

    /** Returns the peer's address; allocates. */
    InetAddress remoteAddress() {
        SocketFamily family = name.byteSize() == SocketFamily.DUAL.nameLength() ? SocketFamily.DUAL : SocketFamily.IPV4;
        return family.address(name.address()).getAddress();
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
