package org.sallyport.capture.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts by key, the last {@value #LIMIT} keys alone, so that nobody outside makes it grow. Guarded by its owner. */
final class FlowCounts<K> {
    static final int LIMIT = 4096;

    private final Map<K, Long> counts = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Long> eldest) {
            return size() > LIMIT;
        }
    };

    void add(K key, long count) {
        counts.merge(key, count, Long::sum);
    }

    Map<K, Long> copy() {
        return Map.copyOf(counts);
    }
}
