package org.sallyport.linux.tun.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.internal.SystemCalls;

/** struct ifreq: the interface's name, then a number whose meaning the request decides. Belongs to one thread. */
final class InterfaceRequest {
    private static final int SIZE = 40;
    private static final int NAME_SIZE = 16;

    private final MemorySegment request;

    InterfaceRequest(Arena arena, String name) {
        request = arena.allocate(SIZE, 8);
        for (int i = 0; i < Math.min(name.length(), NAME_SIZE - 1); i++) {
            request.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) name.charAt(i));
        }
    }

    InterfaceRequest withShort(int value) {
        request.set(JAVA_SHORT, NAME_SIZE, (short) value);
        return this;
    }

    InterfaceRequest withInt(int value) {
        request.set(JAVA_INT, NAME_SIZE, value);
        return this;
    }

    int shortValue() {
        return request.get(JAVA_SHORT, NAME_SIZE) & 0xffff;
    }

    int intValue() {
        return request.get(JAVA_INT, NAME_SIZE);
    }

    /** Returns zero, or the negated errno. */
    int send(int descriptor, long code) {
        return SystemCalls.ioctl(descriptor, code, request);
    }
}
