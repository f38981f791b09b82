package org.sallyport.spd.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.internal.SystemCalls;

/** A UDP socket whose packets carry a mark. */
final class MarkedSocket implements AutoCloseable {
    private final int descriptor;

    MarkedSocket(int mark, int port) {
        descriptor = HostEnforcementTest.check(SystemCalls.socket(2, 2, 0));
        HostEnforcementTest.check(SystemCalls.setsockopt(descriptor, 1, 36, mark));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeout = arena.allocate(16, 8);
            timeout.set(JAVA_LONG, 8, 300_000);
            HostEnforcementTest.check(SystemCalls.setsockopt(descriptor, 1, 20, timeout, 16));
            HostEnforcementTest.check(SystemCalls.bind(descriptor, address(arena, "0.0.0.0", port), 16));
        }
    }

    static MemorySegment address(Arena arena, String address, int port) {
        MemorySegment result = arena.allocate(16, 8);
        result.set(JAVA_SHORT, 0, (short) 2);
        result.set(JAVA_SHORT, 2, Short.reverseBytes((short) port));
        MemorySegment.copy(Addresses.parse(address).getAddress(), 0, result, JAVA_BYTE, 4, 4);
        return result;
    }

    /** Sends; what the guard drops is an error, which is not of interest here. */
    void send(String destination, int port) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.sendto(descriptor, arena.allocate(4), 4, 0, address(arena, destination, port), 16);
        }
    }

    boolean received() {
        try (Arena arena = Arena.ofConfined()) {
            return SystemCalls.recv(descriptor, arena.allocate(64), 64, 0) > 0;
        }
    }

    @Override
    public void close() {
        HostEnforcementTest.closeDescriptor(descriptor);
    }
}
