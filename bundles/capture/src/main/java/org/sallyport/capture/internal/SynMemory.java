package org.sallyport.capture.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sallyport.api.flow.Flow;

/**
 * Tells a first SYN from a repeated one: the same flow and initial sequence number on the same interface is a
 * retransmission; on another interface it is the same packet on its way. Guarded by its owner.
 */
final class SynMemory {
    enum Sighting {
        FIRST,
        REPEATED,
        ON_ITS_WAY
    }

    private record Syn(Flow flow, long sequence) {}

    private final Map<Syn, Map<String, Integer>> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Syn, Map<String, Integer>> eldest) {
            return size() > FlowCounts.LIMIT;
        }
    };

    Sighting sight(String networkInterface, Flow flow, long sequence) {
        Map<String, Integer> places = seen.computeIfAbsent(new Syn(flow, sequence), s -> new LinkedHashMap<>());
        boolean nowhere = places.isEmpty();
        int here = places.merge(networkInterface, 1, Integer::sum);
        if (nowhere) {
            return Sighting.FIRST;
        }
        int most = places.values().stream().mapToInt(Integer::intValue).max().orElse(here);
        return here > 1 && here == most && isHighestOnce(places, here) ? Sighting.REPEATED : Sighting.ON_ITS_WAY;
    }

    /** A retransmission that passes two interfaces is counted where it was seen first. */
    private static boolean isHighestOnce(Map<String, Integer> places, int highest) {
        return places.values().stream().filter(n -> n == highest).count() == 1;
    }
}
