package org.sallyport.linux.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls on descriptors and processes, in the kernel's own convention: a result of zero or more, or the negated
 * errno. Any thread may call; a call that blocks must not run on a virtual thread, whose carrier it would keep.
 */
public final class SystemCalls {
    private static final Linker.Option VARIADIC_AFTER_1 = Linker.Option.firstVariadicArg(1);
    private static final Linker.Option VARIADIC_AFTER_2 = Linker.Option.firstVariadicArg(2);

    private static final MethodHandle IOCTL = Native.errnoFunction(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), VARIADIC_AFTER_2);
    private static final MethodHandle FCNTL = Native.errnoFunction(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), VARIADIC_AFTER_2);
    private static final MethodHandle SYSCALL = Native.errnoFunction(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            VARIADIC_AFTER_1);
    private static final MethodHandle CLOSE = Native.errnoFunction("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle PROCESS_VM_READV = Native.errnoFunction(
            "process_vm_readv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SOCKET =
            Native.errnoFunction("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKETPAIR =
            Native.errnoFunction("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle BIND =
            Native.errnoFunction("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            Native.errnoFunction("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN =
            Native.errnoFunction("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT4 =
            Native.errnoFunction("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME =
            Native.errnoFunction("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETPEERNAME =
            Native.errnoFunction("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKOPT = Native.errnoFunction(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = Native.errnoFunction(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV =
            Native.errnoFunction("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Native.errnoFunction("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle READ =
            Native.errnoFunction("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Native.errnoFunction("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle SENDTO = Native.errnoFunction(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle POLL =
            Native.errnoFunction("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD =
            Native.errnoFunction("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS =
            Native.errnoFunction("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            Native.errnoFunction("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), VARIADIC_AFTER_2);

    private SystemCalls() {}

    public static int ioctl(int descriptor, long request, MemorySegment argument) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) IOCTL.invokeExact(state, descriptor, request, argument), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** An ioctl whose argument is a number. */
    public static int ioctl(int descriptor, long request, long argument) {
        return ioctl(descriptor, request, MemorySegment.ofAddress(argument));
    }

    public static int fcntl(int descriptor, int command, int argument) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) FCNTL.invokeExact(state, descriptor, command, argument), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** A system call that the C library has no function for; a fifth argument is 0. */
    public static long syscall(long number, long first, long second, long third, long fourth) {
        try {
            MemorySegment state = Native.errnoState();
            return result((long) SYSCALL.invokeExact(state, number, first, second, third, fourth, 0L), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int close(int descriptor) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) CLOSE.invokeExact(state, descriptor), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Reads from another process into one segment. */
    public static long readProcess(int pid, long address, MemorySegment into, long length) {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment state = Native.errnoState();
            MemorySegment vectors = scratch.allocate(32, 8);
            vectors.set(ADDRESS, 0, into);
            vectors.set(JAVA_LONG, 8, length);
            vectors.set(JAVA_LONG, 16, address);
            vectors.set(JAVA_LONG, 24, length);
            return result(
                    (long) PROCESS_VM_READV.invokeExact(state, pid, vectors, 1L, vectors.asSlice(16, 16), 1L, 0L),
                    state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int socket(int domain, int type, int protocol) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Opens two sockets that are connected to each other; the segment has room for two ints. */
    public static int socketpair(int domain, int type, MemorySegment ends) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) SOCKETPAIR.invokeExact(state, domain, type, 0, ends), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int bind(int socket, MemorySegment address, int length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) BIND.invokeExact(state, socket, address, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int connect(int socket, MemorySegment address, int length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) CONNECT.invokeExact(state, socket, address, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int listen(int socket, int backlog) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) LISTEN.invokeExact(state, socket, backlog), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int accept(int socket, int flags) {
        try {
            MemorySegment state = Native.errnoState();
            return result(
                    (int) ACCEPT4.invokeExact(state, socket, MemorySegment.NULL, MemorySegment.NULL, flags), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int getsockname(int socket, MemorySegment address, MemorySegment length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) GETSOCKNAME.invokeExact(state, socket, address, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int getpeername(int socket, MemorySegment address, MemorySegment length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) GETPEERNAME.invokeExact(state, socket, address, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int getsockopt(int socket, int level, int option, MemorySegment value, MemorySegment length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) GETSOCKOPT.invokeExact(state, socket, level, option, value, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int setsockopt(int socket, int level, int option, MemorySegment value, int length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) SETSOCKOPT.invokeExact(state, socket, level, option, value, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Sets an option that is an int. */
    public static int setsockopt(int socket, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setsockopt(socket, level, option, arena.allocateFrom(JAVA_INT, value), Integer.BYTES);
        }
    }

    /** Receives into the buffers that a struct msghdr names. */
    public static long recvmsg(int socket, MemorySegment header, int flags) {
        try {
            MemorySegment state = Native.errnoState();
            long result = (long) RECVMSG.invokeExact(state, socket, header, flags);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static long recv(int socket, MemorySegment into, long length, int flags) {
        try {
            MemorySegment state = Native.errnoState();
            return result((long) RECV.invokeExact(state, socket, into, length, flags), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static long read(int descriptor, MemorySegment into, long length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((long) READ.invokeExact(state, descriptor, into, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static long write(int descriptor, MemorySegment data, long length) {
        try {
            MemorySegment state = Native.errnoState();
            return result((long) WRITE.invokeExact(state, descriptor, data, length), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static long sendto(
            int socket, MemorySegment data, long length, int flags, MemorySegment address, int addressLength) {
        try {
            MemorySegment state = Native.errnoState();
            return result((long) SENDTO.invokeExact(state, socket, data, length, flags, address, addressLength), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Waits on pollfd structures: int descriptor, short events, short returned events. */
    public static int poll(MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) POLL.invokeExact(state, descriptors, count, timeoutMillis), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int eventfd(int initial, int flags) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) EVENTFD.invokeExact(state, initial, flags), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Moves the calling thread to another namespace; for a platform thread that ends afterwards. */
    public static int setns(int descriptor, int kind) {
        try {
            MemorySegment state = Native.errnoState();
            return result((int) SETNS.invokeExact(state, descriptor, kind), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.errnoState();
            return result((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags), state);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    private static int result(int returned, MemorySegment state) {
        return returned < 0 ? -Native.errno(state) : returned;
    }

    private static long result(long returned, MemorySegment state) {
        return returned < 0 ? -Native.errno(state) : returned;
    }

    private static RuntimeException rethrow(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException("a system call was bound wrongly", thrown);
        };
    }
}
