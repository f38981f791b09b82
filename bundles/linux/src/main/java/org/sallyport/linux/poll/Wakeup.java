package org.sallyport.linux.poll;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Wakes a thread that waits in a {@link Poller}: an eventfd.
 *
 * <p>Thread safety: any thread signals, one drains; signals coalesce until drained. Signalling what was closed does
 * nothing; the owner closes it only when nobody waits for it any more.
 */
public final class Wakeup implements Pollable, AutoCloseable {
    private static final int NON_BLOCKING_CLOSE_ON_EXEC = 0x80800;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
    private final MemorySegment drained = arena.allocate(JAVA_LONG);
    private final PacketCalls calls = new PacketCalls(arena);
    private final int descriptor;
    private boolean closed;

    public Wakeup() {
        descriptor = Outcome.check("eventfd", SystemCalls.eventfd(0, NON_BLOCKING_CLOSE_ON_EXEC));
    }

    /** Makes the descriptor readable. Never blocks and never fails: a full counter is readable as well. */
    public synchronized void signal() {
        if (!closed) {
            SystemCalls.write(descriptor, one, Long.BYTES);
        }
    }

    /** Takes all signals back; the descriptor is not readable until the next one. */
    public void drain() {
        calls.read(descriptor, drained.address(), Long.BYTES);
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        SystemCalls.close(descriptor);
        arena.close();
    }
}
