package org.sallyport.linux;

/**
 * A system call that the kernel refused. Carries the call and the errno, so that a caller can decide, and a text that a
 * person can act on. Immutable.
 */
public class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * @param call what was attempted, with the arguments that matter ("open /dev/net/tun")
     * @param errno the kernel's error number, positive
     */
    public LinuxException(String call, int errno) {
        this(call, errno, ErrnoNames.describe(errno));
    }

    /**
     * @param call what was attempted
     * @param errno the kernel's error number, positive
     * @param explanation what it means here, and what would mend it
     */
    public LinuxException(String call, int errno, String explanation) {
        super(call + ": " + explanation);
        this.call = call;
        this.errno = errno;
    }

    /** Returns what was attempted. */
    public String call() {
        return call;
    }

    /** Returns the kernel's error number, positive. */
    public int errno() {
        return errno;
    }
}
