package org.sallyport.linux.process;

/**
 * What the kernel says at once of a thread that is held by a pidfd. Immutable.
 *
 * @param pid its process
 * @param userId the effective user id
 * @param groupId the effective group id
 * @param controlGroup the id of its control group
 */
public record Credentials(int pid, int userId, int groupId, long controlGroup) {}
