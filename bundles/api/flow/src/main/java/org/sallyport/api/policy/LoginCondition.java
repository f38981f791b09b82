package org.sallyport.api.policy;

import java.util.Collection;
import java.util.Set;
import org.sallyport.api.login.Login;

/** When a policy is in force, by who is logged in at this host. Immutable. */
public sealed interface LoginCondition {
    /** Tells whether it holds while these, and nobody else, are logged in. */
    boolean holds(Collection<Login> everybody);

    /** While nobody is logged in. */
    record Nobody() implements LoginCondition {
        @Override
        public boolean holds(Collection<Login> everybody) {
            return everybody.isEmpty();
        }
    }

    /** While somebody is logged in. */
    record Anybody() implements LoginCondition {
        @Override
        public boolean holds(Collection<Login> everybody) {
            return !everybody.isEmpty();
        }
    }

    /**
     * While one of these is logged in.
     *
     * @param users user ids
     * @param groups group ids; a member of one of them counts
     */
    record AnyOf(Set<Integer> users, Set<Integer> groups) implements LoginCondition {
        public AnyOf {
            users = Set.copyOf(users);
            groups = Set.copyOf(groups);
        }

        @Override
        public boolean holds(Collection<Login> everybody) {
            return everybody.stream()
                    .anyMatch(login -> users.contains(login.userId())
                            || login.groupIds().stream().anyMatch(groups::contains));
        }
    }
}
