package org.sallyport.linux.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls on the way of a packet: raw addresses, a preallocated errno state, nothing allocated. Answers as the
 * kernel does: zero or more, or the negated errno.
 *
 * <p>Thread safety: an object belongs to one thread at a time, because of its errno state.
 */
public final class PacketCalls {
    /** Flag of receive calls: do not block. */
    public static final int MSG_DONTWAIT = 0x40;

    private static final MethodHandle READ =
            Native.errnoFunction("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            Native.errnoFunction("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITEV =
            Native.errnoFunction("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVMMSG = Native.errnoFunction(
            "recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SENDMMSG =
            Native.errnoFunction("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_WAIT = Native.errnoFunction(
            "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL =
            Native.errnoFunction("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private final MemorySegment state;

    /**
     * @param arena what the errno state lives in
     */
    public PacketCalls(Arena arena) {
        state = Native.newErrnoState(arena);
    }

    public long read(int descriptor, long address, long bytes) {
        try {
            return result((long) READ.invokeExact(state, descriptor, address, bytes));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public long write(int descriptor, long address, long bytes) {
        try {
            return result((long) WRITE.invokeExact(state, descriptor, address, bytes));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Writes from several places at once; the vectors are pairs of address and length. */
    public long writev(int descriptor, long vectors, int count) {
        try {
            return result((long) WRITEV.invokeExact(state, descriptor, vectors, count));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public int recvmmsg(int socket, long headers, int count, int flags) {
        try {
            return (int) result((int) RECVMMSG.invokeExact(state, socket, headers, count, flags, 0L));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public int sendmmsg(int socket, long headers, int count, int flags) {
        try {
            return (int) result((int) SENDMMSG.invokeExact(state, socket, headers, count, flags));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public int epollWait(int epoll, long events, int capacity, int timeoutMillis) {
        try {
            return (int) result((int) EPOLL_WAIT.invokeExact(state, epoll, events, capacity, timeoutMillis));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Waits on pollfd structures. */
    public int poll(long descriptors, long count, int timeoutMillis) {
        try {
            return (int) result((int) POLL.invokeExact(state, descriptors, count, timeoutMillis));
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private long result(long returned) {
        return returned < 0 ? -Native.errno(state) : returned;
    }

    static RuntimeException rethrow(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException("a system call was bound wrongly", thrown);
        };
    }
}
