package org.sallyport.sad.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;

/**
 * Lineages: a pair and its successors, with the totals of those that are gone. One lives from its first activated pair to
 * its last deleted one, or until it was decided to end it. Thread safe.
 */
final class Lineages {
    /** What is left of the pairs of a lineage that are gone. */
    private record Gone(long octets, long lastUsed) {
        Gone and(Pair pair) {
            return new Gone(
                    octets + pair.received().octets() + pair.sent().octets(), Math.max(lastUsed, pair.lastUsed()));
        }
    }

    /**
     * One lineage; each state is replaced whole.
     *
     * @param pairs in the order of their installation
     * @param lived whether one was activated
     * @param initiator whether we initiated the exchange that made the first one
     * @param ending why it ends, once that is decided
     */
    private record Lineage(
            List<Pair> pairs,
            boolean lived,
            boolean initiator,
            @Nullable Reason ending,
            Gone gone) {
        Lineage with(Pair pair) {
            List<Pair> more = new ArrayList<>(pairs);
            more.add(pair);
            return new Lineage(List.copyOf(more), lived, initiator, ending, gone);
        }

        Lineage without(Pair pair) {
            List<Pair> left = pairs.stream().filter(p -> p != pair).toList();
            return new Lineage(left, lived, initiator, ending, gone.and(pair));
        }

        Lineage activated(boolean byUs) {
            return lived ? this : new Lineage(pairs, true, byUs, ending, gone);
        }

        Lineage ending(Reason reason) {
            return new Lineage(pairs, lived, initiator, reason, gone);
        }

        boolean lives() {
            return lived && ending == null;
        }
    }

    private static final Lineage NEW = new Lineage(List.of(), false, false, null, new Gone(0, 0));

    private final Map<ChildSaId, Lineage> lineages = new ConcurrentHashMap<>();

    /** A pair belongs to a lineage from now on. */
    void add(ChildSaId id, Pair pair) {
        lineages.compute(id, (i, l) -> (l == null ? NEW : l).with(pair));
    }

    /**
     * A pair of the lineage sends: it lives, if it did not before.
     *
     * @param initiator whether we initiated the exchange that made the pair
     */
    void activated(ChildSaId id, boolean initiator) {
        lineages.computeIfPresent(id, (i, l) -> l.activated(initiator));
    }

    /** A pair is gone; its octets stay in the totals. Tells whether the lineage ended with it. */
    boolean remove(ChildSaId id, Pair pair) {
        Lineage left = lineages.computeIfPresent(id, (i, l) -> {
            Lineage rest = l.without(pair);
            return rest.pairs().isEmpty() ? null : rest;
        });
        return left == null;
    }

    /** It is decided that the lineage ends; tells whether it lived until now. */
    boolean end(ChildSaId id, Reason reason) {
        boolean[] lived = new boolean[1];
        lineages.computeIfPresent(id, (i, l) -> {
            lived[0] = l.lives();
            return l.ending() == null ? l.ending(reason) : l;
        });
        return lived[0];
    }

    /** Returns why a lineage ends, once that is decided. */
    Optional<Reason> ending(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage == null ? Optional.empty() : Optional.ofNullable(lineage.ending());
    }

    /** Tells whether the lineage was activated and nobody decided to end it. */
    boolean lives(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage != null && lineage.lives();
    }

    /** Tells whether the lineage lives and one of its pairs sends. */
    boolean sends(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage != null
                && lineage.lives()
                && lineage.pairs().stream().anyMatch(p -> p.state() == Pair.State.ACTIVE);
    }

    /** Tells whether we initiated the exchange that made the lineage's first pair. */
    boolean initiated(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage != null && lineage.lived() && lineage.initiator();
    }

    List<Pair> pairs(ChildSaId id) {
        Lineage lineage = lineages.get(id);
        return lineage == null ? List.of() : lineage.pairs();
    }

    /** Returns what was agreed for the lineage's eldest pair that stands. */
    Optional<Pair.Agreed> agreed(ChildSaId id) {
        return pairs(id).stream().map(Pair::agreed).filter(Objects::nonNull).findFirst();
    }

    /** Returns the pair that sends: the active one that was activated last. */
    Optional<Pair> active(ChildSaId id) {
        return pairs(id).stream()
                .filter(p -> p.state() == Pair.State.ACTIVE)
                .max(Comparator.comparingLong(Pair::activation));
    }

    /** Returns the octets that the lineage carried in both directions, over all its pairs. */
    long octets(ChildSaId id) {
        return total(id).octets();
    }

    /** Returns the boot time in nanoseconds of the last packet in either direction, over all pairs; 0 without one. */
    long lastUsed(ChildSaId id) {
        return total(id).lastUsed();
    }

    private Gone total(ChildSaId id) {
        Lineage lineage = lineages.getOrDefault(id, NEW);
        Gone total = lineage.gone();
        for (Pair pair : lineage.pairs()) {
            total = total.and(pair);
        }
        return total;
    }
}
