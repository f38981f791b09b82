package org.sallyport.linux.socket;

/**
 * Who connected to a Unix socket, by the kernel's word (SO_PEERCRED). Immutable.
 *
 * @param pid the process that called connect(); 0 when it is in a PID namespace that this one cannot see
 * @param userId its effective user id then
 * @param groupId its effective group id then
 */
public record PeerCredentials(int pid, long userId, long groupId) {}
