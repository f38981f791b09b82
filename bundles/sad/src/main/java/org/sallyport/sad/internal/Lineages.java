package org.sallyport.sad.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.sallyport.api.sa.ChildSaId;

/**
 * Lineages: a pair and its successors, with the totals of those that are gone. One lives from its first activated pair to
 * its last deleted one. Thread safe.
 */
final class Lineages {
    /** The pairs of a lineage in the order of their installation; each state is replaced whole. */
    private record Lineage(List<Pair> pairs, boolean lived, long octetsBefore) {
        Lineage with(Pair pair) {
            List<Pair> more = new ArrayList<>(pairs);
            more.add(pair);
            return new Lineage(List.copyOf(more), lived, octetsBefore);
        }

        Lineage without(Pair pair, long octets) {
            return new Lineage(pairs.stream().filter(p -> p != pair).toList(), lived, octetsBefore + octets);
        }
    }

    private static final Lineage NEW = new Lineage(List.of(), false, 0);

    private final Map<ChildSaId, Lineage> lineages = new ConcurrentHashMap<>();

    /** A pair belongs to a lineage from now on. */
    void add(ChildSaId id, Pair pair) {
        lineages.compute(id, (i, l) -> (l == null ? NEW : l).with(pair));
    }

    /** The lineage lives, if it did not before; tells whether it is its first pair that became active. */
    boolean activated(ChildSaId id) {
        boolean[] first = new boolean[1];
        lineages.computeIfPresent(id, (i, l) -> {
            first[0] = !l.lived();
            return new Lineage(l.pairs(), true, l.octetsBefore());
        });
        return first[0];
    }

    /** A pair is gone; its octets stay in the totals. Tells whether the lineage ended with it. */
    boolean remove(ChildSaId id, Pair pair, long octets) {
        Lineage left = lineages.computeIfPresent(id, (i, l) -> {
            Lineage rest = l.without(pair, octets);
            return rest.pairs().isEmpty() ? null : rest;
        });
        return left == null;
    }

    boolean lives(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage != null && lineage.lived();
    }

    List<Pair> pairs(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage == null ? List.of() : lineage.pairs();
    }

    /** Returns the pair that sends: the active one that was activated last. */
    Optional<Pair> active(ChildSaId id) {
        return pairs(id).stream()
                .filter(p -> p.state() == Pair.State.ACTIVE)
                .max(Comparator.comparingLong(Pair::activation));
    }

    /** Returns the octets that the lineage carried in both directions, over all its pairs. */
    long octets(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage == null
                ? 0
                : lineage.octetsBefore()
                        + lineage.pairs().stream()
                                .mapToLong(p -> p.received().octets() + p.sent().octets())
                                .sum();
    }
}
