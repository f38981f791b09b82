package org.sallyport.linux.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Binds functions of the C library. A handle bound with errno takes a state segment (see {@link #newErrnoState}) as its
 * first argument; the state belongs to one thread at a time. Never bind a system call as critical: it would hold up
 * safepoints.
 */
public final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_STATE.varHandle(PathElement.groupElement("errno"));

    /** What a call costs beside the system call itself: a fresh state for each would be as much again. */
    private static final ThreadLocal<MemorySegment> ERRNO_STATES =
            ThreadLocal.withInitial(() -> newErrnoState(Arena.ofAuto()));

    private Native() {}

    /** Binds a function that reports no errno. */
    public static MethodHandle function(String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.downcallHandle(symbol(name), signature, options);
    }

    /** Binds a function whose errno is captured; the state segment is the handle's first argument. */
    public static MethodHandle errnoFunction(String name, FunctionDescriptor signature, Linker.Option... options) {
        List<Linker.Option> all = new ArrayList<>(List.of(options));
        all.add(CAPTURE_ERRNO);
        return LINKER.downcallHandle(symbol(name), signature, all.toArray(Linker.Option[]::new));
    }

    /** Allocates the segment that a handle bound with errno writes to. */
    public static MemorySegment newErrnoState(Arena arena) {
        return arena.allocate(ERRNO_STATE);
    }

    /** Returns the calling thread's own segment for that; its errno is to be read before the thread's next call. */
    static MemorySegment errnoState() {
        return ERRNO_STATES.get();
    }

    /** Reads the errno that the last call with this state left; meaningful only after a call that failed. */
    public static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static MemorySegment symbol(String name) {
        return LIBC.find(name)
                .orElseThrow(() -> new NoSuchElementException("the C library has no function named " + name));
    }
}
