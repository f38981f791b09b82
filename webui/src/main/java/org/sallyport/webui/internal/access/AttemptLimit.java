package org.sallyport.webui.internal.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows guessing down: after {@value #FREE_FAILURES} failures in a row from one address for one name, each further one
 * doubles the wait, up to a minute, so that nobody is locked out for long by somebody else. Remembers a bounded number of
 * pairs, the least recently used go first. Thread-safe.
 */
final class AttemptLimit {
    static final int FREE_FAILURES = 5;
    static final int REMEMBERED = 4096;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 6;

    private final InstantSource clock;
    private final Map<Key, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<Key, Failures> eldest) {
            return size() > REMEMBERED;
        }
    };

    AttemptLimit(InstantSource clock) {
        this.clock = clock;
    }

    /** How long to wait before the next attempt; zero when it may be made now. */
    synchronized Duration wait(String name, String address) {
        Failures past = failures.get(new Key(name, address));
        Instant now = clock.instant();
        return past == null || !past.until.isAfter(now) ? Duration.ZERO : Duration.between(now, past.until);
    }

    synchronized void failed(String name, String address) {
        Key key = new Key(name, address);
        Failures past = failures.get(key);
        int count = past == null ? 1 : past.count + 1;
        failures.put(key, new Failures(count, clock.instant().plus(penalty(count))));
    }

    synchronized void succeeded(String name, String address) {
        failures.remove(new Key(name, address));
    }

    private static Duration penalty(int count) {
        if (count < FREE_FAILURES) {
            return Duration.ZERO;
        }
        Duration doubled = Duration.ofSeconds(1L << Math.min(count - FREE_FAILURES, MOST_DOUBLINGS));
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }

    private record Key(String name, String address) {}

    private record Failures(int count, Instant until) {}
}
