package org.sallyport.sad.internal;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Share;

/**
 * The lineages that stand beside others (RFC 9611): they end with those. Thread safe.
 */
final class Dependents implements PairListener {
    private final BiConsumer<ChildSaId, Reason> end;
    private final Map<ChildSaId, Set<ChildSaId>> byFallback = new HashMap<>();

    /**
     * @param end ends a lineage; does not block
     */
    Dependents(BiConsumer<ChildSaId, Reason> end) {
        this.end = end;
    }

    @Override
    public synchronized void installed(Pair pair, Pair.Agreed agreed) {
        agreed.spec().share().map(Share::fallback).ifPresent(fallback -> byFallback
                .computeIfAbsent(fallback, f -> new LinkedHashSet<>())
                .add(agreed.spec().lineage()));
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (!lineageEnded) {
            return;
        }
        ChildSaId lineage = agreed.spec().lineage();
        agreed.spec().share().ifPresent(share -> forget(share.fallback(), lineage));
        of(lineage).forEach(dependent -> end.accept(dependent, reason));
    }

    private synchronized void forget(ChildSaId fallback, ChildSaId lineage) {
        byFallback.computeIfPresent(fallback, (f, lineages) -> {
            lineages.remove(lineage);
            return lineages.isEmpty() ? null : lineages;
        });
    }

    /** Returns the lineages that stand beside this one. */
    synchronized List<ChildSaId> of(ChildSaId fallback) {
        return List.copyOf(byFallback.getOrDefault(fallback, Set.of()));
    }
}
