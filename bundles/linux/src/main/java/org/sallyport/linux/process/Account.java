package org.sallyport.linux.process;

import java.util.Set;

/**
 * A user of this host. Immutable.
 *
 * @param name the login name
 * @param userId the user's id
 * @param groupIds the groups that the user is a member of, the primary one included
 */
public record Account(String name, int userId, Set<Integer> groupIds) {
    public Account {
        groupIds = Set.copyOf(groupIds);
    }
}
