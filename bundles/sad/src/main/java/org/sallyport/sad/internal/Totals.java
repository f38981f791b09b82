package org.sallyport.sad.internal;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.reason.Reason;

/**
 * What was carried under each policy and for each connection, over all pairs that stand and stood. Each pair is at every
 * moment either among those that stand or in the sums, so that nothing is missing or counted twice. Thread safe.
 */
final class Totals implements PairListener {
    /** So many policies and so many connections are remembered after their last pair has gone; the eldest are forgotten. */
    static final int REMEMBERED = 10_000;

    /** The sums of pairs that are gone, by a name. */
    private static final class Sums {
        private final Map<String, TrafficTotals> gone = new LinkedHashMap<>();

        private void add(String name, TrafficTotals last) {
            TrafficTotals before = gone.remove(name);
            gone.put(name, before == null ? last : sum(before, last));
            if (gone.size() > REMEMBERED) {
                Iterator<String> eldest = gone.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
    }

    private final Set<Pair> standing = new HashSet<>();
    private final Sums byPolicy = new Sums();
    private final Sums byConnection = new Sums();

    @Override
    public synchronized void installed(Pair pair, Pair.Agreed agreed) {
        standing.add(pair);
    }

    /** The pair keeps the last counters of the slots that it gave back. */
    @Override
    public synchronized void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (standing.remove(pair)) {
            TrafficTotals last = of(pair);
            byPolicy.add(policy(agreed), last);
            byConnection.add(connection(agreed), last);
        }
    }

    synchronized Map<String, TrafficTotals> byPolicy() {
        return with(byPolicy, Totals::policy);
    }

    synchronized Map<String, TrafficTotals> byConnection() {
        return with(byConnection, Totals::connection);
    }

    private Map<String, TrafficTotals> with(Sums sums, Function<Pair.Agreed, String> name) {
        Map<String, TrafficTotals> result = new TreeMap<>(sums.gone);
        for (Pair pair : standing) {
            Pair.Agreed agreed = pair.agreed();
            if (agreed != null) {
                result.merge(name.apply(agreed), of(pair), Totals::sum);
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
        return new TrafficTotals(
                new Traffic(sent.packets(), sent.octets()),
                new Traffic(received.packets(), received.octets()),
                received.dropped(),
                1);
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
