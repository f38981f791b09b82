package org.sallyport.spd.internal.kernel;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView.Traffic;

/**
 * Sums what the guard counted for each policy, beyond the life of each plan. What passes in the instant in which one plan
 * takes the place of another may be counted by neither or by both. Not thread safe.
 */
final class GuardCounters {
    private static final Traffic NOTHING = new Traffic(0, 0);

    private final Map<String, Traffic> before = new HashMap<>();
    private final Map<String, Traffic> standing = new HashMap<>();

    /** Takes what the table counts that stands now. */
    void read(Map<String, Traffic> reading) {
        reading.forEach((policy, now) -> {
            Traffic last = standing.getOrDefault(policy, NOTHING);
            if (now.packets() < last.packets()) {
                // Somebody replaced or reset the table behind our back: what it had counted when last read is kept.
                before.merge(policy, last, GuardCounters::sum);
            }
            standing.put(policy, now);
        });
    }

    /** Takes what a table counted that is about to be replaced. */
    void replaced(Map<String, Traffic> reading) {
        read(reading);
        standing.forEach((policy, counted) -> before.merge(policy, counted, GuardCounters::sum));
        standing.clear();
    }

    Map<String, Traffic> totals() {
        Map<String, Traffic> totals = new HashMap<>(before);
        standing.forEach((policy, counted) -> totals.merge(policy, counted, GuardCounters::sum));
        return Map.copyOf(totals);
    }

    private static Traffic sum(Traffic a, Traffic b) {
        return new Traffic(a.packets() + b.packets(), a.octets() + b.octets());
    }

    /** Which rules count the same packets: while two plans stand, the names of their chains and sets differ by a number. */
    private record Place(String policy, String what, String slot) {
        private static final Pattern CHAIN = Pattern.compile("(.*)_([0-9]+)");
        private static final Pattern SET = Pattern.compile("(set)_([0-9]+)_.*");

        static Place of(String policy, String within) {
            Matcher set = SET.matcher(within);
            Matcher name = set.matches() ? set : CHAIN.matcher(within);
            return name.matches() ? new Place(policy, name.group(1), name.group(2)) : new Place(policy, within, "");
        }

        Place ofAnyPlan() {
            return new Place(policy, what, "");
        }
    }

    /** Reads a listing of the guard in JSON, as {@code libnftables-json(5)} has it, by the policies in its comments. */
    static Map<String, Traffic> parse(String listing) {
        Map<Place, Traffic> byPlan = new HashMap<>();
        if (!listing.isBlank()) {
            collect(Json.read(listing), "", byPlan);
        }
        Map<Place, Traffic> byChain = new HashMap<>();
        byPlan.forEach((place, counted) -> byChain.merge(place.ofAnyPlan(), counted, GuardCounters::larger));
        Map<String, Traffic> byPolicy = new HashMap<>();
        byChain.forEach((place, counted) -> byPolicy.merge(place.policy, counted, GuardCounters::sum));
        return byPolicy;
    }

    private static Traffic larger(Traffic a, Traffic b) {
        return a.packets() >= b.packets() ? a : b;
    }

    /** A rule says its chain; elements are within an object that has the name of their set. */
    private static void collect(@Nullable Object json, String around, Map<Place, Traffic> counted) {
        switch (json) {
            case Map<?, ?> object -> {
                Object named = object.containsKey("chain") ? object.get("chain") : object.get("name");
                String within = named instanceof String name ? name : around;
                if (object.get("comment") instanceof String policy) {
                    counter(object).ifPresent(c -> counted.merge(Place.of(policy, within), c, GuardCounters::sum));
                } else {
                    object.values().forEach(value -> collect(value, within, counted));
                }
            }
            case Collection<?> list -> list.forEach(value -> collect(value, around, counted));
            case null, default -> {}
        }
    }

    /** A rule's counter is among its expressions; that of an element of a set is its own. */
    private static Optional<Traffic> counter(Map<?, ?> object) {
        List<?> expressions = object.get("expr") instanceof List<?> list ? list : List.of();
        return Stream.concat(Stream.of(object), expressions.stream())
                .map(e -> e instanceof Map<?, ?> map ? map.get("counter") : null)
                .filter(Map.class::isInstance)
                .map(c -> (Map<?, ?>) c)
                .filter(c -> c.get("packets") instanceof Long && c.get("bytes") instanceof Long)
                .map(c -> new Traffic(number(c.get("packets")), number(c.get("bytes"))))
                .findFirst();
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long number ? number : 0;
    }
}
