package org.sallyport.linux.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.sallyport.linux.ErrnoNames.EINVAL;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.MemoryCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * The calls of one listener that were received and not answered. The kernel tells a call once, and writes it right into
 * this memory as it does: whoever holds the memory's descriptor knows each call that waits, even when the process that
 * received it was killed in the very next instruction.
 *
 * <p>One thread takes places; any thread clears them. A place is all zeros while it is free, as the kernel wants it.
 */
final class CallMemory implements AutoCloseable {
    /** {@code sizeof(struct seccomp_notif)}. */
    static final int CALL_BYTES = 80;
    /** No place is free. */
    static final int FULL = -1;
    /** The id of a free place. */
    static final long FREE = 0;

    private static final int VERSION = 1;
    private static final int PLACES = 4096;
    private static final long USED_OFFSET = 4;
    private static final long HEADER_BYTES = 64;
    private static final long BYTES = HEADER_BYTES + (long) PLACES * CALL_BYTES;

    private final Descriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final Deque<Integer> free = new ConcurrentLinkedDeque<>();

    private CallMemory(Descriptor descriptor) {
        this.descriptor = descriptor;
        long address = MemoryCalls.mapShared(descriptor.number(), BYTES);
        memory = MemorySegment.ofAddress(address)
                .reinterpret(BYTES, arena, mapped -> MemoryCalls.unmap(mapped.address(), BYTES));
    }

    /** Makes an empty one; it takes what it holds of real memory, and little more. */
    static CallMemory create() {
        int created = MemoryCalls.memoryDescriptor("sallyport-calls");
        if (created < 0) {
            throw new LinuxException("memfd_create", -created);
        }
        Descriptor descriptor = new Descriptor(created);
        int sized = MemoryCalls.resize(created, BYTES);
        if (sized < 0) {
            descriptor.close();
            throw new LinuxException("ftruncate of the memory of calls", -sized);
        }
        CallMemory memory = mapped(descriptor);
        memory.memory.set(JAVA_INT, 0, VERSION);
        return memory;
    }

    /**
     * Takes over what another process has filled.
     *
     * @throws LinuxException when it is none that this version can read; the descriptor is closed then
     */
    static CallMemory of(Descriptor descriptor) {
        if (size(descriptor) < BYTES) {
            descriptor.close();
            throw new LinuxException("take-over of the memory of calls", EINVAL, "it is too small");
        }
        CallMemory memory = mapped(descriptor);
        if (memory.memory.get(JAVA_INT, 0) != VERSION) {
            memory.close();
            throw new LinuxException("take-over of the memory of calls", EINVAL, "it is of another version");
        }
        for (int place = memory.used() - 1; place >= 0; place--) {
            if (memory.id(place) == FREE) {
                memory.free.push(place);
            }
        }
        return memory;
    }

    private static CallMemory mapped(Descriptor descriptor) {
        try {
            return new CallMemory(descriptor);
        } catch (LinuxException e) {
            descriptor.close();
            throw e;
        }
    }

    private static long size(Descriptor descriptor) {
        return (long) attribute(descriptor, "size");
    }

    private static Object attribute(Descriptor descriptor, String name) {
        try {
            return Files.getAttribute(Path.of("/proc/self/fd/" + descriptor.number()), "unix:" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says whether both map the same memory. */
    boolean isSame(CallMemory other) {
        return attribute(descriptor, "ino").equals(attribute(other.descriptor, "ino"));
    }

    /** The descriptor that whoever keeps the memory has to duplicate. */
    Descriptor descriptor() {
        return descriptor;
    }

    /** Takes a free place, or answers {@link #FULL}. Few places are used again and again, so that little is touched. */
    int take() {
        Integer place = free.poll();
        if (place != null) {
            return place;
        }
        int next = used();
        if (next == PLACES) {
            return FULL;
        }
        memory.set(JAVA_INT, USED_OFFSET, next + 1);
        return next;
    }

    /** Where the kernel writes the call of a place. */
    MemorySegment call(int place) {
        return memory.asSlice(HEADER_BYTES + (long) place * CALL_BYTES, CALL_BYTES);
    }

    /** Frees a place whose call waits no more, or that got none. */
    void clear(int place) {
        call(place).fill((byte) 0);
        free.push(place);
    }

    /** How many places were ever taken; those that follow are free. */
    int used() {
        return Math.clamp(memory.get(JAVA_INT, USED_OFFSET), 0, PLACES);
    }

    /** The id of the call in a place, or {@link #FREE}. */
    long id(int place) {
        return memory.get(JAVA_LONG, HEADER_BYTES + (long) place * CALL_BYTES);
    }

    @Override
    public void close() {
        descriptor.close();
        arena.close();
    }
}
