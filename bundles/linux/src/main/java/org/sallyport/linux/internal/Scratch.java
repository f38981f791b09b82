package org.sallyport.linux.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Zeroed memory for what one call of the kernel reads and writes, on a stack that the calling thread keeps: an arena for
 * each call would cost as much as a short call does. For few octets, and for platform threads, of which there are few.
 * Closed by the thread that opened it, the latest first; what was allocated is not used afterwards.
 */
public final class Scratch implements SegmentAllocator, AutoCloseable {
    private static final long BYTES = 1024;
    private static final ThreadLocal<Stack> STACKS = ThreadLocal.withInitial(Stack::new);

    private final Stack stack;
    private final long start;

    private static final class Stack {
        private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);
        private long used;
    }

    private Scratch(Stack stack) {
        this.stack = stack;
        this.start = stack.used;
    }

    /** Opens the calling thread's. */
    public static Scratch open() {
        return new Scratch(STACKS.get());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException when the thread has no more
     */
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        long at = (stack.used + alignment - 1) & -alignment;
        MemorySegment allocated = stack.memory.asSlice(at, bytes, alignment).fill((byte) 0);
        stack.used = at + bytes;
        return allocated;
    }

    @Override
    public void close() {
        stack.used = start;
    }
}
