package org.sallyport.linux.seccomp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EBUSY;
import static org.sallyport.linux.ErrnoNames.EINVAL;
import static org.sallyport.linux.ErrnoNames.ENOSYS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Puts the calling thread under the filter; for a launcher, on the thread that then executes the program. There is no
 * way back.
 */
public final class SeccompSelf {
    private static final int SET_MODE_FILTER = 1;
    private static final int NEW_LISTENER = 1 << 3;
    private static final int SET_NO_NEW_PRIVILEGES = 38;
    private static final int SOCK_FPROG_BYTES = 16;

    private SeccompSelf() {}

    /** Gives up gaining privileges by executing a setuid program, without which an ordinary user may not filter. */
    public static void renounceNewPrivileges() {
        long done = SystemCalls.syscall(Architecture.current().prctlNumber(), SET_NO_NEW_PRIVILEGES, 1, 0, 0);
        if (done < 0) {
            throw new LinuxException("prctl PR_SET_NO_NEW_PRIVS", (int) -done);
        }
    }

    /**
     * Installs the filter on the calling thread.
     *
     * @return the number of the listener's descriptor in this process
     * @throws LinuxException EBUSY when the thread is under a supervisor already, EACCES without privileges or
     *     {@link #renounceNewPrivileges}
     * @throws MissingFeatureException when the kernel has no user notification
     */
    public static int install() {
        Architecture architecture = Architecture.current();
        FilterProgram program = FilterProgram.forArchitecture(architecture);
        byte[] bytes = program.bytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
            MemorySegment header = arena.allocate(SOCK_FPROG_BYTES, 8);
            header.set(JAVA_SHORT, 0, (short) program.length());
            header.set(ADDRESS, 8, instructions);
            long listener = SystemCalls.syscall(
                    architecture.seccompNumber(), SET_MODE_FILTER, NEW_LISTENER, header.address(), 0);
            if (listener >= 0) {
                return (int) listener;
            }
            int errno = (int) -listener;
            throw switch (errno) {
                case EBUSY ->
                    new LinuxException(
                            "seccomp filter with a listener", errno, "EBUSY, it is under a supervisor already");
                case EINVAL, ENOSYS ->
                    new MissingFeatureException(
                            "seccomp user notification",
                            "no socket request can be held",
                            "Linux 5.0 or later with CONFIG_SECCOMP_FILTER brings it",
                            errno);
                default -> new LinuxException("seccomp filter with a listener", errno);
            };
        }
    }
}
