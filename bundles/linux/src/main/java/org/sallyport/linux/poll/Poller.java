package org.sallyport.linux.poll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.EpollCalls;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.memory.RawMemory;

/**
 * Waits until one of several descriptors is readable (epoll, level-triggered). Waiting allocates nothing. Can itself be
 * watched: it is readable while one of them is.
 *
 * <p>Thread safety: one platform thread waits; descriptors may be added and removed from any thread.
 */
public final class Poller implements Pollable, AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLLIN = 1;

    private final Arena arena = Arena.ofShared();
    private final EpollLayout layout = EpollLayout.ofThisMachine();
    private final PacketCalls calls = new PacketCalls(arena);
    private final int descriptor;
    private final int capacity;
    private final MemorySegment events;

    /**
     * @param capacity how many ready descriptors one wait reports at most, at least 1
     */
    public Poller(int capacity) {
        this.capacity = capacity;
        this.events = arena.allocate((long) capacity * layout.size(), 16);
        this.descriptor = Outcome.check("epoll_create1", EpollCalls.create(EPOLL_CLOEXEC));
    }

    /**
     * Watches a descriptor for input.
     *
     * @param tag what {@link #tag} tells when it is ready
     */
    public void add(Pollable pollable, long tag) {
        control(EPOLL_CTL_ADD, pollable.descriptor(), tag);
    }

    /** Watches a descriptor no more. */
    public void remove(Pollable pollable) {
        control(EPOLL_CTL_DEL, pollable.descriptor(), 0);
    }

    /**
     * Waits.
     *
     * @param timeoutMillis how long, 0 to poll, -1 without end
     * @return how many descriptors are ready, 0 after the time-out or a signal
     */
    public int await(int timeoutMillis) {
        int ready = calls.epollWait(descriptor, events.address(), capacity, timeoutMillis);
        if (ready < 0 && ready != -ErrnoNames.EINTR) {
            throw new LinuxException("epoll_wait", -ready);
        }
        return Math.max(ready, 0);
    }

    /** Returns the tag of a descriptor that the last wait found ready. */
    public long tag(int index) {
        return RawMemory.getLong(events.address() + (long) index * layout.size() + layout.dataOffset());
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        SystemCalls.close(descriptor);
        arena.close();
    }

    private void control(int operation, int watched, long tag) {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment event = local.allocate(layout.size(), 16);
            RawMemory.putInt(event.address(), EPOLLIN);
            RawMemory.putLong(event.address() + layout.dataOffset(), tag);
            Outcome.check("epoll_ctl", EpollCalls.control(descriptor, operation, watched, event));
        }
    }
}
