package org.sallyport.linux.process;

import static org.sallyport.linux.ErrnoNames.EFAULT;

import java.lang.foreign.MemorySegment;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Another process's memory, for reading. What is read may have changed the moment after, and the number may mean another
 * process by then: whoever decides on it checks afterwards that the caller still waits. Thread safe.
 */
public final class ProcessMemory {
    private ProcessMemory() {}

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
