package org.sallyport.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Native;
import org.sallyport.linux.internal.SystemCalls;

/** Replaces the running program by another, as a launcher does in the end. */
public final class ProgramImage {
    private static final int CLOSE_RANGE = 436;
    private static final int FIRST_UNINHERITED = 3;
    private static final long LAST_DESCRIPTOR = 0xffffffffL;
    private static final int CLOSE_ON_EXEC = 4;
    /** {@code sizeof(sigset_t)} in the C library. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final int SET_MASK = 2;

    private ProgramImage() {}

    /**
     * Executes a program, found along PATH, with this process's environment and standard streams; no other descriptor and
     * no blocked signal is inherited. Returns only when that failed.
     *
     * @param command the program and its arguments
     * @return why it failed: ENOENT when there is no such program, EACCES when it may not be executed
     */
    public static LinuxException replace(List<String> command) {
        MethodHandle execvp = Native.errnoFunction("execvp", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        MethodHandle signalMask =
                Native.function("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            MemorySegment arguments = arena.allocate(ADDRESS, command.size() + 1L);
            for (int i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            SystemCalls.syscall(CLOSE_RANGE, FIRST_UNINHERITED, LAST_DESCRIPTOR, CLOSE_ON_EXEC, 0);
            // The virtual machine blocks some signals on its threads; the mask survives execve.
            int unblocked =
                    (int) signalMask.invokeExact(SET_MASK, arena.allocate(SIGNAL_SET_BYTES, 8), MemorySegment.NULL);
            int failed = (int) execvp.invokeExact(state, arguments.get(ADDRESS, 0), arguments);
            return new LinuxException(
                    "execution of " + command.getFirst(), failed < 0 ? Native.errno(state) : unblocked);
        } catch (Throwable t) {
            throw new IllegalStateException("a function was bound wrongly", t);
        }
    }
}
