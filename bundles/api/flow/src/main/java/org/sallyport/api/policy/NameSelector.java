package org.sallyport.api.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.sallyport.api.flow.Requester;

/**
 * For whom a policy is (RFC 4301 section 4.4.1.1, "Name"). A requester has to be held by each kind that is not empty; whoever
 * is not known is held by none of them. Immutable.
 *
 * @param users effective user ids
 * @param groups group ids: the effective one or a supplementary one
 * @param executables absolute paths
 * @param units systemd units ("nginx.service")
 * @param containers container ids, or their first 12 digits and more
 */
public record NameSelector(
        Set<Integer> users, Set<Integer> groups, Set<String> executables, Set<String> units, Set<String> containers) {
    /** Whoever asks, and whoever cannot be known. */
    public static final NameSelector ANYBODY = new NameSelector(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

    public NameSelector {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        executables = Set.copyOf(executables);
        units = Set.copyOf(units);
        containers = Set.copyOf(containers);
    }

    /** Tells whether it holds whoever asks. */
    public boolean isAnybody() {
        return equals(ANYBODY);
    }

    /** Tells whether a requester is held. */
    public boolean holds(Requester requester) {
        return (users.isEmpty() || users.contains(requester.userId()))
                && (groups.isEmpty() || requester.groupIds().stream().anyMatch(groups::contains))
                && (executables.isEmpty()
                        || requester.executable().filter(executables::contains).isPresent())
                && (units.isEmpty() || requester.unit().filter(units::contains).isPresent())
                && (containers.isEmpty()
                        || requester.container().filter(this::holdsContainer).isPresent());
    }

    /** Returns it in words: "user 1001, 1002; executable /usr/bin/curl", or "anybody". */
    @Override
    public String toString() {
        List<String> kinds = new ArrayList<>();
        describe("user", users, kinds);
        describe("group", groups, kinds);
        describe("executable", executables, kinds);
        describe("unit", units, kinds);
        describe("container", containers, kinds);
        return kinds.isEmpty() ? "anybody" : String.join("; ", kinds);
    }

    private static void describe(String kind, Set<?> names, List<String> kinds) {
        if (!names.isEmpty()) {
            kinds.add(names.stream().map(Object::toString).sorted().collect(Collectors.joining(", ", kind + " ", "")));
        }
    }

    private boolean holdsContainer(String id) {
        return containers.stream().anyMatch(id::startsWith);
    }
}
