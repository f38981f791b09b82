package org.sallyport.sad.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.reason.Reason;

/** What was carried under each policy and for each connection, over all pairs that stand and stood. Thread safe. */
final class Totals implements PairListener {
    private static final TrafficTotals NOTHING = new TrafficTotals(new Traffic(0, 0), new Traffic(0, 0), 0, 0);

    private final Supplier<List<Pair>> pairs;
    private final Map<String, TrafficTotals> goneByPolicy = new HashMap<>();
    private final Map<String, TrafficTotals> goneByConnection = new HashMap<>();

    /** @param pairs gives those that stand */
    Totals(Supplier<List<Pair>> pairs) {
        this.pairs = pairs;
    }

    /** The pair keeps the last counters of the slots that it gave back. */
    @Override
    public synchronized void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        TrafficTotals last = of(pair);
        goneByPolicy.merge(policy(agreed), last, Totals::sum);
        goneByConnection.merge(connection(agreed), last, Totals::sum);
    }

    synchronized Map<String, TrafficTotals> byPolicy() {
        return with(goneByPolicy, Totals::policy);
    }

    synchronized Map<String, TrafficTotals> byConnection() {
        return with(goneByConnection, Totals::connection);
    }

    private Map<String, TrafficTotals> with(Map<String, TrafficTotals> gone, Function<Pair.Agreed, String> name) {
        Map<String, TrafficTotals> result = new TreeMap<>(gone);
        for (Pair pair : pairs.get()) {
            Optional<Pair.Agreed> agreed = Optional.ofNullable(pair.agreed());
            if (agreed.isPresent() && pair.state() != Pair.State.DELETED) {
                result.merge(name.apply(agreed.get()), of(pair), Totals::sum);
            }
        }
        return result;
    }

    private static String policy(Pair.Agreed agreed) {
        return agreed.spec().policy();
    }

    private static String connection(Pair.Agreed agreed) {
        return agreed.spec().lineage().ikeSa().connection().name();
    }

    private static TrafficTotals of(Pair pair) {
        Counters sent = pair.sent();
        Counters received = pair.received();
        return sum(
                NOTHING,
                new TrafficTotals(
                        new Traffic(sent.packets(), sent.octets()),
                        new Traffic(received.packets(), received.octets()),
                        received.dropped(),
                        1));
    }

    private static TrafficTotals sum(TrafficTotals a, TrafficTotals b) {
        return new TrafficTotals(
                sum(a.sent(), b.sent()),
                sum(a.received(), b.received()),
                a.dropped() + b.dropped(),
                a.pairs() + b.pairs());
    }

    private static Traffic sum(Traffic a, Traffic b) {
        return new Traffic(a.packets() + b.packets(), a.octets() + b.octets());
    }
}
