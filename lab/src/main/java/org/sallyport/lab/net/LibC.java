package org.sallyport.lab.net;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few C library calls of the lab. It binds its own instead of using the product's, so that what judges the product
 * does not share its mistakes. Every failure is an exception that names the call and the errno.
 */
final class LibC {
    static final int O_RDWR_CLOEXEC = 0x80002;
    static final int O_RDONLY_CLOEXEC = 0x80000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MethodHandle OPEN = bind(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2),
            CAPTURE);
    private static final MethodHandle SETNS = bind(
            "setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), CAPTURE);
    private static final MethodHandle IOCTL = bind(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2),
            CAPTURE);
    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = bind("read", TRANSFER, CAPTURE);
    private static final MethodHandle WRITE = bind("write", TRANSFER, CAPTURE);
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), CAPTURE);

    private LibC() {}

    /** A call that failed. */
    static final class CallFailedException extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final int errno;

        CallFailedException(String what, int errno) {
            super("%s failed with errno %d".formatted(what, errno));
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return checked("open " + path, (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    static void setns(int descriptor, int kind) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("setns", (int) SETNS.invokeExact(state, descriptor, kind), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    static void ioctl(String what, int descriptor, long request, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked(what, (int) IOCTL.invokeExact(state, descriptor, request, argument), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Reads once; the state segment belongs to the calling thread. */
    static int read(MemorySegment state, int descriptor, MemorySegment buffer) {
        try {
            return checked("read", (long) READ.invokeExact(state, descriptor, buffer, buffer.byteSize()), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Writes once; the state segment belongs to the calling thread. */
    static int write(MemorySegment state, int descriptor, MemorySegment buffer, long length) {
        try {
            return checked("write", (long) WRITE.invokeExact(state, descriptor, buffer, length), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("close", (int) CLOSE.invokeExact(state, descriptor), state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    private static int checked(String what, long result, MemorySegment state) {
        if (result < 0) {
            throw new CallFailedException(what, (int) ERRNO.get(state, 0L));
        }
        return (int) result;
    }

    private static MethodHandle bind(String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
    }
}
