package org.sallyport.ike.internal.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Share;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.Phase;

/**
 * The pairs of one session that stand beside others for the same selectors (RFC 9611): which are there, which are asked for,
 * and which lineages the peer will have none beside. Used by one thread at a time.
 */
public final class Shares {
    /** For how long a peer that refused one is not asked for another beside the same lineage. */
    static final Duration REFUSED = Duration.ofHours(1);

    /** How long who did not make a pair waits for its peer to put one beside it: often both see the same packets. */
    static final Duration COURTESY = Duration.ofSeconds(1);

    private final Session session;
    private final Set<Share> asked = new HashSet<>();
    private final Map<ChildSaId, Long> refused = new HashMap<>();

    Shares(Session session) {
        this.session = session;
    }

    /** One is wanted; passed over when it stands, is asked for already, or the peer wants none. */
    void want(Share wanted) {
        Optional<ChildState> fallback = fallback(wanted.fallback());
        boolean mayAsk = session.state().phase == Phase.ESTABLISHED
                && refused.getOrDefault(wanted.fallback(), 0L) <= session.now();
        if (fallback.isEmpty() || !mayAsk || stands(wanted) || !asked.add(wanted)) {
            return;
        }
        if (fallback.get().byPeer) {
            session.later(COURTESY, () -> ask(wanted));
        } else {
            ask(wanted);
        }
    }

    private void ask(Share wanted) {
        Optional<IkeSa> sa = session.currentSa();
        if (sa.isPresent() && session.state().phase == Phase.ESTABLISHED) {
            sa.get().submit(session.features().shareChild(session, wanted));
        } else {
            asked.remove(wanted);
        }
    }

    /** It is no longer asked for, whatever came of it. */
    public void over(Share wanted) {
        asked.remove(wanted);
    }

    /** The peer makes none beside this lineage. */
    public void refused(Share wanted) {
        if (fallback(wanted.fallback()).isPresent()) {
            refused.put(wanted.fallback(), session.now() + REFUSED.toNanos());
        }
    }

    /** A pair is forgotten. */
    void gone(ChildState child) {
        refused.remove(child.lineage);
    }

    /** Tells whether this one is there. */
    public boolean stands(Share wanted) {
        return session.state().children.stream().anyMatch(c -> c.share.equals(Optional.of(wanted)) && inUse(c));
    }

    /** Returns the pair of a lineage that carries everything for which none beside it stands. */
    public Optional<ChildState> fallback(ChildSaId lineage) {
        return session.state().children.stream()
                .filter(c -> c.lineage.equals(lineage) && c.share.isEmpty() && c.rekeyable())
                .reduce((first, second) -> second);
    }

    /** Returns the ordinary pair under a policy for exactly these selectors, if there is one. */
    public Optional<ChildState> ordinary(String policy, Selectors selectors) {
        return session.state().children.stream()
                .filter(c -> c.share.isEmpty() && inUse(c))
                .filter(c -> c.policy.equals(policy) && c.selectors.equals(selectors))
                .reduce((first, second) -> second);
    }

    /** Returns the lowest number that none beside this lineage has; empty when there are as many as may be. */
    public OptionalInt free(ChildSaId fallback) {
        Set<Integer> taken = new HashSet<>();
        session.state().children.stream()
                .flatMap(c -> c.share.stream())
                .filter(s -> s.fallback().equals(fallback))
                .forEach(s -> taken.add(s.number()));
        return IntStream.rangeClosed(1, Share.MOST)
                .filter(n -> !taken.contains(n))
                .findFirst();
    }

    private static boolean inUse(ChildState child) {
        return !child.replaced && (child.status == ChildStatus.ACTIVE || child.status == ChildStatus.INSTALLED);
    }
}
