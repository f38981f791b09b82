package org.sallyport.linux.seccomp;

/** The system calls by which a program names a peer. */
public enum SocketCall {
    /** {@code connect(descriptor, address, length)}. */
    CONNECT,
    /** {@code sendto(descriptor, data, length, flags, address, length)}, stopped when there is an address. */
    SENDTO,
    /** {@code sendmsg(descriptor, header, flags)}, always stopped: the filter cannot follow the pointer. */
    SENDMSG,
    /** {@code sendmmsg(descriptor, headers, count, flags)}, always stopped. */
    SENDMMSG
}
