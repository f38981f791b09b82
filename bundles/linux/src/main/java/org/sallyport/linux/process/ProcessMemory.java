package org.sallyport.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.sallyport.linux.ErrnoNames.EFAULT;

import java.lang.foreign.MemorySegment;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Scratch;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Another process's memory, for reading. What is read may have changed the moment after, and the number may mean another
 * process by then: whoever decides on it checks afterwards that the caller still waits. Thread safe.
 */
public final class ProcessMemory {
    private ProcessMemory() {}

    /**
     * Reads a few octets.
     *
     * @param length at most 128
     * @throws LinuxException as {@link #read(int, long, MemorySegment)} does
     */
    public static byte[] read(int pid, long address, int length) {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment into = scratch.allocate(length, Long.BYTES);
            read(pid, address, into);
            return into.toArray(JAVA_BYTE);
        }
    }

    /**
     * Fills a segment.
     *
     * @param pid a process or thread
     * @param address where to read, in that process's address space
     * @param into off-heap memory, filled whole
     * @throws LinuxException EFAULT when not all of it is mapped, ESRCH when the process ended, EPERM when this process
     *     may not attach to it
     */
    public static void read(int pid, long address, MemorySegment into) {
        long length = into.byteSize();
        long read = SystemCalls.readProcess(pid, address, into, length);
        if (read != length) {
            int errno = read < 0 ? (int) -read : EFAULT;
            throw new LinuxException("read of " + length + " octets of process " + pid, errno);
        }
    }
}
