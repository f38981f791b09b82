package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.reason.Reason;

/**
 * What was refused a moment ago. A program whose call is refused is told and waits for its user; packets keep coming, and
 * without this each of them would have the peer asked again. Thread safe.
 */
final class RecentRefusals {
    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final int MOST = 1024;

    private final Map<Round.Key, Refusal> refusals = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Round.Key, Refusal> eldest) {
            return size() > MOST;
        }
    };

    private record Refusal(Reason reason, long nanos) {
        boolean isRecent(long now) {
            return now - nanos < MOMENT.toNanos();
        }
    }

    synchronized void add(Round.Key key, Reason reason) {
        refusals.remove(key);
        refusals.put(key, new Refusal(reason, System.nanoTime()));
    }

    /** Returns why what this key stands for was refused, if that was a moment ago. */
    synchronized Optional<Reason> find(Round.Key key) {
        Optional<Refusal> recent =
                Optional.ofNullable(refusals.get(key)).filter(refusal -> refusal.isRecent(System.nanoTime()));
        if (recent.isEmpty()) {
            refusals.remove(key);
        }
        return recent.map(Refusal::reason);
    }
}
