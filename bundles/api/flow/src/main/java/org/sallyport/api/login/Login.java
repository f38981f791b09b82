package org.sallyport.api.login;

import java.util.Set;

/**
 * A user who is logged in at this host, however often. Immutable.
 *
 * @param user the name
 * @param userId the user's id
 * @param groupIds the groups that the user is a member of, the primary one included
 */
public record Login(String user, int userId, Set<Integer> groupIds) {
    public Login {
        groupIds = Set.copyOf(groupIds);
    }
}
