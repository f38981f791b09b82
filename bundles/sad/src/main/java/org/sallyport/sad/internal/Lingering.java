package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;

/**
 * Lineages that nobody leases. Those that we initiated end when their policy says so, but not while packets still pass
 * that closing connections need: the last FIN, and what answers for TIME_WAIT (RFC 9293 section 3.6). Those that the peer
 * initiated end by the peer's word or their lifetime, and those that stand beside another with that one. One timer for each that has a time to end. Thread safe; the book of
 * leases is always locked before this.
 */
final class Lingering implements PairListener, LeaseListener {
    /** For how long no packet has passed before a lineage counts as quiet. */
    static final Duration QUIET = Duration.ofSeconds(2);

    /** How long packets without a lease keep a lineage at most. */
    static final Duration LONGEST_GRACE = Duration.ofMinutes(1);

    /** How long a new lineage waits at least for who leases it first, perhaps from the one that it takes over from. */
    static final Duration FIRST_LEASE = Duration.ofSeconds(10);

    /** Longer ones are for ever: a boot lasts less. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    /** What may happen to a lineage that nobody needs. */
    interface Consequences {
        /** The lineage ends: nobody leases it, and from now on nobody can. */
        void unneeded(ChildSaId lineage, Reason reason);

        /** Somebody leases it again after its soft lifetime. */
        void successorDue(ChildSaId lineage);

        /** Nobody leases it from now on. */
        void beginsToLinger(ChildSaId lineage, Optional<Duration> linger);
    }

    /** Does something while nobody can begin to lease a lineage, unless somebody does already. */
    interface WhileUnused {
        void run(ChildSaId lineage, Runnable action);
    }

    private static final class Unneeded {
        private final long since;
        private final Duration least;
        private Timers.@Nullable Timer end;
        private boolean successorDue;

        private Unneeded(long since, Duration least) {
            this.since = since;
            this.least = least;
        }
    }

    private final Timers timers;
    private final Lineages lineages;
    private final LineagePolicies policies;
    private final WhileUnused whileUnused;
    private final Consequences consequences;
    private final Map<ChildSaId, Unneeded> unneeded = new HashMap<>();

    Lingering(
            Timers timers,
            Lineages lineages,
            LineagePolicies policies,
            WhileUnused whileUnused,
            Consequences consequences) {
        this.timers = timers;
        this.lineages = lineages;
        this.policies = policies;
        this.whileUnused = whileUnused;
        this.consequences = consequences;
    }

    @Override
    public void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {
        ChildSaId lineage = agreed.spec().lineage();
        if (lineages.initiated(lineage) && agreed.spec().share().isEmpty()) {
            Duration least = predecessor.isPresent() ? Duration.ZERO : FIRST_LEASE;
            whileUnused.run(lineage, () -> begin(lineage, least));
        }
    }

    @Override
    public synchronized void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (lineageEnded) {
            cancel(unneeded.remove(agreed.spec().lineage()));
        }
    }

    @Override
    public void ended(Lease lease, int useCount) {
        if (useCount == 0) {
            begin(lease.lineage(), Duration.ZERO);
        }
    }

    @Override
    public synchronized void begun(Lease lease, int useCount) {
        Unneeded was = unneeded.remove(lease.lineage());
        cancel(was);
        if (was != null && was.successorDue) {
            consequences.successorDue(lease.lineage());
        }
    }

    private synchronized void begin(ChildSaId lineage, Duration least) {
        if (lineages.lives(lineage) && !unneeded.containsKey(lineage)) {
            Unneeded since = new Unneeded(timers.now(), least);
            unneeded.put(lineage, since);
            consequences.beginsToLinger(lineage, linger(lineage));
            arrange(lineage, since, due(lineage, since));
        }
    }

    /** Policies have changed: what lingers does so as they say now. */
    void policiesChanged() {
        standing().forEach(lineage -> whileUnused.run(lineage, () -> look(lineage)));
    }

    private synchronized List<ChildSaId> standing() {
        return List.copyOf(unneeded.keySet());
    }

    /** Waits until a lineage may end, and then ends it: nobody can lease it between this decision and its end. */
    private synchronized void look(ChildSaId lineage) {
        Unneeded since = unneeded.get(lineage);
        if (since == null) {
            return;
        }
        OptionalLong due = due(lineage, since);
        if (due.isEmpty() || due.getAsLong() > timers.now()) {
            arrange(lineage, since, due);
            return;
        }
        Reason reason = Reason.of(ReasonCode.UNNEEDED, (timers.now() - since.since) / 1_000_000_000L + " s");
        if (lineages.end(lineage, reason)) {
            consequences.unneeded(lineage, reason);
        }
    }

    private void arrange(ChildSaId lineage, Unneeded since, OptionalLong due) {
        cancel(since);
        due.ifPresent(at -> since.end = timers.at(at, () -> whileUnused.run(lineage, () -> look(lineage))));
    }

    private OptionalLong due(ChildSaId lineage, Unneeded unused) {
        Optional<Duration> linger = linger(lineage);
        if (linger.isEmpty() || linger.get().compareTo(FOREVER) > 0) {
            return OptionalLong.empty();
        }
        long since = unused.since;
        long earliest = since + Math.max(linger.get().toNanos(), unused.least.toNanos());
        long latest = Math.max(earliest, since + LONGEST_GRACE.toNanos());
        long quiet = Math.max(since, lineages.lastUsed(lineage)) + QUIET.toNanos();
        return OptionalLong.of(Math.min(latest, Math.max(earliest, quiet)));
    }

    private Optional<Duration> linger(ChildSaId lineage) {
        return lineages.initiated(lineage) ? policies.of(lineage).flatMap(Policy::linger) : Optional.empty();
    }

    /** A lineage's soft lifetime is over; true when nobody needs a successor, until somebody leases it again. */
    synchronized boolean postpones(ChildSaId lineage) {
        Unneeded since = unneeded.get(lineage);
        if (since == null || !lineages.initiated(lineage)) {
            return false;
        }
        since.successorDue = true;
        return true;
    }

    /** Returns for how long nobody has leased a lineage; empty while somebody does, or nobody ever did a peer's. */
    synchronized Optional<Duration> unneededFor(ChildSaId lineage) {
        return Optional.ofNullable(unneeded.get(lineage)).map(u -> Duration.ofNanos(timers.now() - u.since));
    }

    private static void cancel(@Nullable Unneeded since) {
        if (since != null && since.end != null) {
            since.end.cancel();
            since.end = null;
        }
    }
}
