package org.sallyport.linux.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.sallyport.linux.LinuxException;

/** Mapping memory and saying how the kernel treats it. */
public final class MemoryCalls {
    /** Gives the range's memory back; it reads as zeros from now on. */
    public static final int MADV_DONTNEED = 4;
    /** Leaves the range out of core dumps. */
    public static final int MADV_DONTDUMP = 16;
    /** Gives a forked child zeros instead of a copy. */
    public static final int MADV_WIPEONFORK = 18;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MAP_SHARED = 1;
    private static final int MFD_CLOEXEC = 1;

    private static final MethodHandle MMAP = Native.errnoFunction(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            Native.errnoFunction("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MEMFD_CREATE =
            Native.errnoFunction("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            Native.errnoFunction("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MADVISE =
            Native.errnoFunction("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MLOCK =
            Native.errnoFunction("mlock", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private static final MethodHandle MUNLOCK =
            Native.errnoFunction("munlock", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private MemoryCalls() {}

    /**
     * Maps zeroed memory; it stays for the life of the process.
     *
     * @throws LinuxException when there is none
     */
    public static long map(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            long address = (long) MMAP.invokeExact(state, 0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (address == -1) {
                throw new LinuxException("mmap of " + bytes + " octets", Native.errno(state));
            }
            return address;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /**
     * Maps a descriptor's memory, shared with whoever else has it.
     *
     * @throws LinuxException when it cannot be mapped
     */
    public static long mapShared(int descriptor, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            long address = (long) MMAP.invokeExact(state, 0L, bytes, PROT_READ_WRITE, MAP_SHARED, descriptor, 0L);
            if (address == -1) {
                throw new LinuxException("mmap of shared memory", Native.errno(state));
            }
            return address;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Ends a mapping; answers zero, or the negated errno. */
    public static int unmap(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) MUNMAP.invokeExact(state, address, bytes);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Makes memory with a descriptor, closed on exec; answers the descriptor, or the negated errno. */
    public static int memoryDescriptor(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), MFD_CLOEXEC);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Gives a descriptor's memory its size, zeroed; answers zero, or the negated errno. */
    public static int resize(int descriptor, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) FTRUNCATE.invokeExact(state, descriptor, bytes);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Answers zero, or the negated errno. */
    public static int advise(long address, long bytes, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) MADVISE.invokeExact(state, address, bytes, advice);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Keeps the range out of swap; answers zero, or the negated errno. */
    public static int lock(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) MLOCK.invokeExact(state, address, bytes);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }

    /** Lets the range be swapped, and given back; answers zero, or the negated errno. */
    public static int unlock(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.newErrnoState(arena);
            int result = (int) MUNLOCK.invokeExact(state, address, bytes);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable t) {
            throw PacketCalls.rethrow(t);
        }
    }
}
