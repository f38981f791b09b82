package org.sallyport.spd.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.internal.SystemCalls;

/** A raw ICMP socket. */
final class IcmpSocket implements AutoCloseable {
    private final int descriptor;

    IcmpSocket(String source) {
        descriptor = HostEnforcementTest.check(SystemCalls.socket(2, 3, 1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeout = arena.allocate(16, 8);
            timeout.set(JAVA_LONG, 8, 300_000);
            HostEnforcementTest.check(SystemCalls.setsockopt(descriptor, 1, 20, timeout, 16));
            HostEnforcementTest.check(SystemCalls.bind(descriptor, MarkedSocket.address(arena, source, 0), 16));
        }
    }

    /** Sends a message of this type, code 0, with 16 octets of zeros. */
    void send(String destination, int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(20, 8);
            message.set(JAVA_BYTE, 0, (byte) type);
            int checksum = 0xffff - (type << 8);
            message.set(JAVA_BYTE, 2, (byte) (checksum >> 8));
            message.set(JAVA_BYTE, 3, (byte) checksum);
            SystemCalls.sendto(descriptor, message, 20, 0, MarkedSocket.address(arena, destination, 0), 16);
        }
    }

    /** Returns the type of the next message that arrives, -1 when none does. */
    int receivedType() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packet = arena.allocate(256);
            long length = SystemCalls.recv(descriptor, packet, 256, 0);
            return length < 24 ? -1 : packet.get(JAVA_BYTE, 20) & 0xff;
        }
    }

    @Override
    public void close() {
        HostEnforcementTest.closeDescriptor(descriptor);
    }
}
