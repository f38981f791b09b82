package org.sallyport.api.flow;

/** What a refused call returns to the application. The numbers are Linux's, equal on x86_64 and aarch64. */
public enum Errno {
    /** Policy discards the flow. */
    EACCES(13),
    /** A bound is reached. */
    ENOBUFS(105),
    /** No answer within the hold time. */
    ETIMEDOUT(110),
    /** The peer refused, or could not be authenticated. */
    ECONNREFUSED(111),
    /** No way to the peer. */
    EHOSTUNREACH(113);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** Returns the positive error number. */
    public int number() {
        return number;
    }
}
