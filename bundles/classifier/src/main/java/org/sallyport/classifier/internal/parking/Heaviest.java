package org.sallyport.classifier.internal.parking;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The source that uses most of something, searched for at most once in a batch: a flood must not pay for a search each. */
final class Heaviest {
    private final ToIntFunction<Source> usage;
    private @Nullable Source found;
    private boolean searched;

    Heaviest(ToIntFunction<Source> usage) {
        this.usage = usage;
    }

    void beginBatch() {
        found = null;
        searched = false;
    }

    /** Returns the source, if it would still use at least as much as the claimant when so much went over to that one. */
    @Nullable
    Source givingWay(List<Source> sources, Source claimant, int amount) {
        if (!searched) {
            searched = true;
            search(sources);
        }
        Source most = found;
        return most != null && usage.applyAsInt(most) > usage.applyAsInt(claimant) + amount ? most : null;
    }

    private void search(List<Source> sources) {
        int best = 0;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            int used = usage.applyAsInt(source);
            if (used > best) {
                best = used;
                found = source;
            }
        }
    }

    void forget(Source gone) {
        if (found == gone) {
            found = null;
        }
    }
}
