package org.sallyport.linux.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Making an epoll instance and telling it what to watch. Answers zero or more, or the negated errno. */
public final class EpollCalls {
    private static final MethodHandle CREATE =
            Native.errnoFunction("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CONTROL =
            Native.errnoFunction("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    private EpollCalls() {}

    public static int create(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) CREATE.invokeExact(state, flags);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    public static int control(int epoll, int operation, int watched, MemorySegment event) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) CONTROL.invokeExact(state, epoll, operation, watched, event);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }
}
