package org.sallyport.spd.internal.change;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.sallyport.api.admin.EntryChange;
import org.sallyport.api.admin.EntryChange.Change;
import org.sallyport.api.admin.EntryChange.KeyChange;
import org.sallyport.api.admin.EntryChange.Kind;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.config.Configuration;

/** What differs between two configurations. */
public final class Difference {
    private final Configuration before;
    private final Configuration after;
    private final List<EntryChange> changes = new ArrayList<>();

    private Difference(Configuration before, Configuration after) {
        this.before = before;
        this.after = after;
    }

    /** Returns every policy, peer and setting that differs; policies in the order in which they are asked afterwards. */
    public static List<EntryChange> between(Configuration before, Configuration after) {
        Difference difference = new Difference(before, after);
        difference.policies();
        difference.entries(
                Kind.PEER,
                keyed(before.peers(), p -> p.connection().name(), EntryKeys::of),
                keyed(after.peers(), p -> p.connection().name(), EntryKeys::of),
                Set.of());
        difference.compare(Kind.SETTINGS, "", EntryKeys.of(before), EntryKeys.of(after), Change.CHANGED);
        return difference.changes;
    }

    private void policies() {
        entries(
                Kind.POLICY,
                keyed(before.policies(), Policy::name, EntryKeys::of),
                keyed(after.policies(), Policy::name, EntryKeys::of),
                moved());
    }

    private static <T> Map<String, Map<String, String>> keyed(
            List<T> entries, Function<T, String> name, Function<T, Map<String, String>> keys) {
        Map<String, Map<String, String>> byName = new LinkedHashMap<>();
        entries.forEach(entry -> byName.put(name.apply(entry), keys.apply(entry)));
        return byName;
    }

    private void entries(
            Kind kind,
            Map<String, Map<String, String>> old,
            Map<String, Map<String, String>> wanted,
            Set<String> moved) {
        wanted.forEach((name, keys) -> {
            Map<String, String> was = old.get(name);
            if (was == null) {
                changes.add(new EntryChange(kind, name, Change.ADDED, differing(Map.of(), keys)));
            } else {
                compare(kind, name, was, keys, moved.contains(name) ? Change.REORDERED : Change.CHANGED);
            }
        });
        old.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .forEach(name -> changes.add(new EntryChange(kind, name, Change.REMOVED, List.of())));
    }

    /** An entry whose place alone differs is reordered; where more does, it is changed. */
    private void compare(
            Kind kind, String name, Map<String, String> was, Map<String, String> is, Change whenNothingElse) {
        List<KeyChange> keys = differing(was, is);
        boolean more = keys.stream().anyMatch(k -> !k.key().equals(EntryKeys.ORDER));
        if (more) {
            changes.add(new EntryChange(kind, name, Change.CHANGED, keys));
        } else if (whenNothingElse == Change.REORDERED || !keys.isEmpty()) {
            changes.add(new EntryChange(kind, name, whenNothingElse, keys));
        }
    }

    private static List<KeyChange> differing(Map<String, String> was, Map<String, String> is) {
        Set<String> names = new TreeSet<>(was.keySet());
        names.addAll(is.keySet());
        return names.stream()
                .filter(key -> !was.getOrDefault(key, "").equals(is.getOrDefault(key, "")))
                .map(key -> new KeyChange(key, was.getOrDefault(key, ""), is.getOrDefault(key, "")))
                .toList();
    }

    /** Returns the fewest policies in both that have to move for the others to keep their order. */
    private Set<String> moved() {
        Map<String, Integer> placeBefore = new HashMap<>();
        before.policies().forEach(p -> placeBefore.put(p.name(), placeBefore.size()));
        List<String> common = after.policies().stream()
                .map(Policy::name)
                .filter(placeBefore::containsKey)
                .toList();
        Set<String> moved = new HashSet<>(common);
        moved.removeAll(longestRising(common, name -> placeBefore.getOrDefault(name, 0)));
        return moved;
    }

    /** Finds a longest subsequence whose places rise, by patience sorting. */
    private static Collection<String> longestRising(List<String> names, Function<String, Integer> place) {
        List<Integer> tops = new ArrayList<>();
        int[] previous = new int[names.size()];
        for (int i = 0; i < names.size(); i++) {
            int pile = pile(tops, names, place, place.apply(names.get(i)));
            previous[i] = pile == 0 ? -1 : tops.get(pile - 1);
            if (pile == tops.size()) {
                tops.add(i);
            } else {
                tops.set(pile, i);
            }
        }
        Set<String> rising = new HashSet<>();
        for (int i = tops.isEmpty() ? -1 : tops.getLast(); i >= 0; i = previous[i]) {
            rising.add(names.get(i));
        }
        return rising;
    }

    private static int pile(List<Integer> tops, List<String> names, Function<String, Integer> place, int wanted) {
        int low = 0;
        int high = tops.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (place.apply(names.get(tops.get(middle))) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
