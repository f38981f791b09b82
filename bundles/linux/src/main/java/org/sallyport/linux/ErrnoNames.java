package org.sallyport.linux;

import java.util.Map;

/** The error numbers that Linux gives to this product's calls, with their names; equal on x86_64 and aarch64. */
public final class ErrnoNames {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;

    private static final Map<Integer, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry(EPERM, "EPERM, not permitted (a capability such as CAP_NET_ADMIN is missing)"),
            Map.entry(ENOENT, "ENOENT, no such file or entry"),
            Map.entry(ESRCH, "ESRCH, no such process or entry"),
            Map.entry(EINTR, "EINTR, interrupted"),
            Map.entry(EBADF, "EBADF, not an open descriptor"),
            Map.entry(EAGAIN, "EAGAIN, would block"),
            Map.entry(ENOMEM, "ENOMEM, out of memory"),
            Map.entry(EACCES, "EACCES, access denied"),
            Map.entry(EFAULT, "EFAULT, bad address"),
            Map.entry(EBUSY, "EBUSY, in use"),
            Map.entry(EEXIST, "EEXIST, exists already"),
            Map.entry(ENODEV, "ENODEV, no such device"),
            Map.entry(EINVAL, "EINVAL, not accepted by this kernel"),
            Map.entry(ERANGE, "ERANGE, larger than there is room for"),
            Map.entry(ENOSYS, "ENOSYS, not in this kernel"),
            Map.entry(EPROTONOSUPPORT, "EPROTONOSUPPORT, protocol not in this kernel"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP, not supported"),
            Map.entry(EADDRINUSE, "EADDRINUSE, address in use"),
            Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL, no such local address"),
            Map.entry(ENETUNREACH, "ENETUNREACH, no route"),
            Map.entry(ENOBUFS, "ENOBUFS, the queue overflowed"),
            Map.entry(EISCONN, "EISCONN, connected already"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT, timed out"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED, refused"),
            Map.entry(EHOSTUNREACH, "EHOSTUNREACH, host unreachable"),
            Map.entry(EALREADY, "EALREADY, in progress already"),
            Map.entry(EINPROGRESS, "EINPROGRESS, in progress"));

    private ErrnoNames() {}

    /**
     * Describes an error number in words.
     *
     * @param errno a positive error number
     */
    public static String describe(int errno) {
        return DESCRIPTIONS.getOrDefault(errno, "error " + errno);
    }
}
