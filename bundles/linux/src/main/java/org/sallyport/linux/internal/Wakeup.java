package org.sallyport.linux.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.Descriptor;

/** An eventfd that ends another thread's poll. Thread safe; once signalled it stays so until cleared. */
public final class Wakeup implements AutoCloseable {
    private static final int NON_BLOCKING_CLOSE_ON_EXEC = 0x80800;

    private final Descriptor descriptor;

    public Wakeup() {
        int created = SystemCalls.eventfd(0, NON_BLOCKING_CLOSE_ON_EXEC);
        if (created < 0) {
            throw new LinuxException("eventfd", -created);
        }
        descriptor = new Descriptor(created);
    }

    /** Returns the descriptor to poll for input. */
    public int descriptor() {
        return descriptor.number();
    }

    /** Makes the descriptor readable until cleared. */
    public void signal() {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.write(descriptor.number(), arena.allocateFrom(JAVA_LONG, 1L), Long.BYTES);
        }
    }

    /** Takes the signal back. */
    public void clear() {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.read(descriptor.number(), arena.allocate(JAVA_LONG), Long.BYTES);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
