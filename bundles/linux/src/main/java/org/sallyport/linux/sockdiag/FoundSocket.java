package org.sallyport.linux.sockdiag;

/**
 * A socket that the kernel names for a flow. Immutable.
 *
 * @param cookie its SO_COOKIE
 * @param userId who made it
 * @param inode its number below {@code /proc/PID/fd}, 0 while no program has it
 * @param connected whether it is for this flow alone: a TCP connection, or a datagram socket with a remote address
 * @param settled whether the cookie will stay the same: not of one that listens or whose handshake goes on
 */
public record FoundSocket(long cookie, int userId, int inode, boolean connected, boolean settled) {}
