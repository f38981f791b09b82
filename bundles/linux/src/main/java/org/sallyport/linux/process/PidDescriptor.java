package org.sallyport.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.sallyport.linux.ErrnoNames.EINVAL;
import static org.sallyport.linux.ErrnoNames.ENOSYS;
import static org.sallyport.linux.ErrnoNames.EPERM;
import static org.sallyport.linux.ErrnoNames.ESRCH;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.Scratch;
import org.sallyport.linux.internal.SystemCalls;

/**
 * A process or thread held by a pidfd, so that its number cannot come to mean another one meanwhile. Thread safety: as
 * {@link Descriptor}.
 */
public final class PidDescriptor implements AutoCloseable {
    private static final int PIDFD_OPEN = 434;
    private static final int PIDFD_GETFD = 438;
    /** PIDFD_THREAD, Linux 6.9; the same bit as O_EXCL. */
    private static final int THREAD = 0x80;

    /** PIDFD_GET_INFO with the first version of struct pidfd_info, Linux 6.13. */
    private static final long GET_INFO = 0xC040FF0BL;

    private static final int INFO_BYTES = 64;
    private static final long WITH_CREDENTIALS_AND_CONTROL_GROUP = 0b111;

    private static final String CAPABILITY = "no socket request of another program can be held";
    private static final String REMEDY = "Linux 5.6 or later brings it";

    private final int pid;
    private final Descriptor descriptor;

    private PidDescriptor(int pid, Descriptor descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /**
     * Opens a process.
     *
     * @param pid the process (the thread group's leader)
     * @throws LinuxException ESRCH when there is none
     * @throws MissingFeatureException when the kernel has no pidfd
     */
    public static PidDescriptor ofProcess(int pid) {
        return new PidDescriptor(pid, open(pid, 0));
    }

    /**
     * Opens a thread, or, where the kernel cannot (before Linux 6.9), the process it belongs to, which has the same
     * descriptors unless the thread went its own way with {@code unshare(CLONE_FILES)}.
     *
     * @param tid a thread id, as seccomp notifications name it
     * @throws LinuxException ESRCH when there is none
     */
    public static PidDescriptor ofThread(int tid) {
        long opened = SystemCalls.syscall(PIDFD_OPEN, tid, THREAD, 0, 0);
        if (opened == -EINVAL) {
            return ofProcess(ProcessInspector.threadGroup(tid));
        }
        return new PidDescriptor(tid, descriptor(tid, opened));
    }

    /**
     * Duplicates one of its descriptors into this process; both refer to the same socket or file.
     *
     * @param number the descriptor's number over there
     * @throws LinuxException EBADF when it has no such descriptor, EPERM when this process may not trace it, ESRCH when
     *     it ended
     */
    public Descriptor duplicate(int number) {
        long duplicate = SystemCalls.syscall(PIDFD_GETFD, descriptor.number(), number, 0, 0);
        if (duplicate >= 0) {
            return new Descriptor((int) duplicate);
        }
        int errno = (int) -duplicate;
        String call = "pidfd_getfd of descriptor " + number + " of process " + pid;
        throw switch (errno) {
            case ENOSYS -> new MissingFeatureException("pidfd_getfd", CAPABILITY, REMEDY, errno);
            case EPERM ->
                new LinuxException(
                        call,
                        errno,
                        "EPERM, this process may not attach to it (CAP_SYS_PTRACE is missing, or kernel.yama.ptrace_scope"
                                + " is 3)");
            default -> new LinuxException(call, errno);
        };
    }

    /**
     * Returns whose it is.
     *
     * @return empty before Linux 6.13, and when it has ended
     */
    public Optional<Credentials> credentials() {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment info = scratch.allocate(INFO_BYTES, 8);
            info.set(JAVA_LONG, 0, WITH_CREDENTIALS_AND_CONTROL_GROUP);
            if (SystemCalls.ioctl(descriptor.number(), GET_INFO, info) < 0
                    || (info.get(JAVA_LONG, 0) & WITH_CREDENTIALS_AND_CONTROL_GROUP)
                            != WITH_CREDENTIALS_AND_CONTROL_GROUP) {
                return Optional.empty();
            }
            return Optional.of(new Credentials(
                    info.get(JAVA_INT, 20), info.get(JAVA_INT, 36), info.get(JAVA_INT, 40), info.get(JAVA_LONG, 8)));
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private static Descriptor open(int pid, int flags) {
        return descriptor(pid, SystemCalls.syscall(PIDFD_OPEN, pid, flags, 0, 0));
    }

    private static Descriptor descriptor(int pid, long opened) {
        if (opened >= 0) {
            return new Descriptor((int) opened);
        }
        int errno = (int) -opened;
        throw switch (errno) {
            case ENOSYS -> new MissingFeatureException("pidfd_open", CAPABILITY, REMEDY, errno);
            case ESRCH, EINVAL -> new LinuxException("pidfd_open of " + pid, ESRCH, "ESRCH, it has ended");
            default -> new LinuxException("pidfd_open of " + pid, errno);
        };
    }
}
