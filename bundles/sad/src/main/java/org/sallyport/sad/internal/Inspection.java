package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.event.Feed;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SpiKey;

/** Shows pairs to people: as they stand, and as they change. Thread safe. */
final class Inspection implements SaInspection, PairListener, LeaseListener, AutoCloseable {
    /** Changes of a use count are published together, so that a thousand connects are not a thousand events. */
    private static final Duration COUNTS_TOGETHER = Duration.ofMillis(200);

    private final Timers timers;
    private final Lineages lineages;
    private final Supplier<LeaseBook> leases;
    private final Supplier<List<Pair>> pairs;
    private final Function<ChildSaId, Optional<Duration>> unneededFor;
    private final Totals totals = new Totals();
    private final Feed<SpiKey, ChildSaView> feed = new Feed<>();
    private final Set<ChildSaId> recounted = new HashSet<>();

    Inspection(
            Timers timers,
            Lineages lineages,
            Supplier<LeaseBook> leases,
            Supplier<List<Pair>> pairs,
            Function<ChildSaId, Optional<Duration>> unneededFor) {
        this.timers = timers;
        this.lineages = lineages;
        this.leases = leases;
        this.pairs = pairs;
        this.unneededFor = unneededFor;
    }

    @Override
    public List<ChildSaView> list() {
        return pairs.get().stream()
                .filter(p -> p.state() != Pair.State.RESERVED)
                .map(this::view)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public List<ChildSaView> endedBy(PolicyGeneration candidate) {
        return pairs.get().stream()
                .filter(p -> p.state() != Pair.State.RESERVED)
                .filter(p -> {
                    Pair.Agreed agreed = p.agreed();
                    return agreed != null && !InstallCheck.covers(candidate, agreed.spec());
                })
                .map(this::view)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns what counts the totals: it has to hear of pairs that go. */
    PairListener totals() {
        return totals;
    }

    @Override
    public List<LeaseView> leases() {
        return leases.get()
                .views(lineage ->
                        lineages.agreed(lineage).map(a -> a.spec().policy()).orElse(""));
    }

    @Override
    public Map<String, TrafficTotals> totalsByPolicy() {
        return totals.byPolicy();
    }

    @Override
    public Map<String, TrafficTotals> totalsByConnection() {
        return totals.byConnection();
    }

    @Override
    public Feed<SpiKey, ChildSaView> feed() {
        return feed;
    }

    @Override
    public void installed(Pair pair, Pair.Agreed agreed) {
        feed.put(pair.key(), view(pair, agreed));
    }

    @Override
    public void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {
        feed.put(pair.key(), view(pair, agreed));
    }

    @Override
    public void retired(Pair pair, Pair.Agreed agreed) {
        feed.put(pair.key(), view(pair, agreed));
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        feed.remove(pair.key());
    }

    @Override
    public void begun(Lease lease, int useCount) {
        countChanged(lease.lineage());
    }

    @Override
    public void ended(Lease lease, int useCount) {
        countChanged(lease.lineage());
    }

    private void countChanged(ChildSaId lineage) {
        synchronized (recounted) {
            if (recounted.isEmpty()) {
                timers.after(COUNTS_TOGETHER, this::publishCounts);
            }
            recounted.add(lineage);
        }
    }

    private void publishCounts() {
        Set<ChildSaId> changed;
        synchronized (recounted) {
            changed = Set.copyOf(recounted);
            recounted.clear();
        }
        changed.stream().flatMap(l -> lineages.pairs(l).stream()).forEach(this::republish);
    }

    /** The pair's monitor keeps the publication of its end from being overtaken by this. */
    private void republish(Pair pair) {
        synchronized (pair) {
            if (pair.state() != Pair.State.DELETED) {
                view(pair).ifPresent(v -> feed.put(pair.key(), v));
            }
        }
    }

    private Optional<ChildSaView> view(Pair pair) {
        return Optional.ofNullable(pair.agreed()).map(agreed -> view(pair, agreed));
    }

    private ChildSaView view(Pair pair, Pair.Agreed agreed) {
        SaSpec spec = agreed.spec();
        Counters sent = pair.sent();
        Counters received = pair.received();
        Side outbound = pair.outbound();
        return new ChildSaView(
                spec.lineage(),
                spec.policy(),
                spec.peerIdentity(),
                agreed.share(),
                pair.key(),
                Optional.ofNullable(outbound).map(side -> side.sa().key()),
                state(pair.state()),
                agreed.algorithms(),
                agreed.selectors(),
                agreed.path(),
                pair.pathMtu(spec.path().mtu()),
                Duration.ofNanos(timers.now() - agreed.installedAt()),
                spec.lifetimes(),
                new ChildSaView.Traffic(sent.packets(), sent.octets()),
                new ChildSaView.Traffic(received.packets(), received.octets()),
                sent.sequence(),
                received.sequence(),
                pair.window(),
                received.dropped(),
                leases.get().useCount(spec.lineage()),
                unneededFor.apply(spec.lineage()),
                lineages.octets(spec.lineage()));
    }

    private static String state(Pair.State state) {
        return switch (state) {
            case RESERVED, INSTALLED -> "installing";
            case ACTIVE -> "active";
            case RETIRED -> "retired";
            case DELETED -> "deleted";
        };
    }

    static String algorithms(SaSuite suite) {
        Transform encryption = suite.protocol() == IpsecProtocol.AH
                ? null
                : new Transform(TransformType.ENCRYPTION, suite.encryption(), suite.keyBits());
        Transform integrity =
                suite.integrity() == 0 ? null : new Transform(TransformType.INTEGRITY, suite.integrity(), 0);
        return String.join(
                "-",
                Stream.of(
                                encryption,
                                integrity,
                                new Transform(
                                        TransformType.SEQUENCE_NUMBERS, suite.extendedSequenceNumbers() ? 1 : 0, 0))
                        .filter(Objects::nonNull)
                        .map(Transform::readable)
                        .toList());
    }

    @Override
    public void close() {
        feed.close();
    }
}
