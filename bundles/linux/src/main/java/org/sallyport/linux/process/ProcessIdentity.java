package org.sallyport.linux.process;

import java.util.Optional;
import java.util.Set;

/**
 * Who a process is, as /proc told at one moment. Immutable.
 *
 * @param pid the process (thread group)
 * @param userId the effective user id in this process's user namespace, 0 to 4294967295
 * @param groupId the effective group id
 * @param groupIds the effective and the supplementary group ids
 * @param command the command name, at most 15 characters, chosen by the process itself
 * @param executable the path of the executable; absent when it cannot be read, and when this process has no such file or
 *     another one there: the process may have other mounts, or its file was replaced
 * @param unit the systemd unit, as {@code nginx.service}; absent outside systemd
 * @param container the container's id, 64 hexadecimal digits; absent outside containers
 * @param networkNamespace the inode of the network namespace
 */
public record ProcessIdentity(
        int pid,
        long userId,
        long groupId,
        Set<Integer> groupIds,
        String command,
        Optional<String> executable,
        Optional<String> unit,
        Optional<String> container,
        long networkNamespace) {}
