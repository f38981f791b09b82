package org.sallyport.linux.seccomp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.MissingFeatureException;

/** The machines whose system calls are known by number. */
public enum Architecture {
    X86_64(0xC000003E, 42, 44, 46, 307, 317, 157, 59),
    AARCH64(0xC00000B7, 203, 206, 211, 269, 277, 167, 221);

    private final int auditValue;
    private final int connect;
    private final int sendto;
    private final int sendmsg;
    private final int sendmmsg;
    private final int seccomp;
    private final int prctl;
    private final int execve;

    Architecture(
            int auditValue, int connect, int sendto, int sendmsg, int sendmmsg, int seccomp, int prctl, int execve) {
        this.auditValue = auditValue;
        this.connect = connect;
        this.sendto = sendto;
        this.sendmsg = sendmsg;
        this.sendmmsg = sendmmsg;
        this.seccomp = seccomp;
        this.prctl = prctl;
        this.execve = execve;
    }

    /**
     * Returns the architecture this virtual machine runs on.
     *
     * @throws MissingFeatureException when its system calls are not known
     */
    public static Architecture current() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                throw new MissingFeatureException(
                        "seccomp filter for " + name,
                        "no socket request can be held",
                        "x86_64 and aarch64 are supported",
                        ErrnoNames.ENOSYS);
        };
    }

    /**
     * Returns the call that a number means here, if it is one that the filter stops.
     *
     * @param number the system call's number in a notification
     */
    public Optional<SocketCall> socketCall(int number) {
        return Arrays.stream(SocketCall.values())
                .filter(call -> number(call) == number)
                .findFirst();
    }

    /** Returns the system call's number. */
    public int number(SocketCall call) {
        return switch (call) {
            case CONNECT -> connect;
            case SENDTO -> sendto;
            case SENDMSG -> sendmsg;
            case SENDMMSG -> sendmmsg;
        };
    }

    /** Returns the value that the kernel writes into {@code seccomp_data.arch} (AUDIT_ARCH_*). */
    public int auditValue() {
        return auditValue;
    }

    /** Returns the number of seccomp(2). */
    public int seccompNumber() {
        return seccomp;
    }

    /** Returns the number of prctl(2). */
    public int prctlNumber() {
        return prctl;
    }

    /** Returns the number of execve(2). */
    public int execveNumber() {
        return execve;
    }
}
