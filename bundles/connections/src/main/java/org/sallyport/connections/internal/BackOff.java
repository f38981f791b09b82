package org.sallyport.connections.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: almost nothing at first, then doubling, each time off by up to a quarter so that
 * many that fell together do not rise together. What stood for a while starts anew. Not thread safe.
 */
final class BackOff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** A peer that accepts and deletes at once must not be asked without pause. */
    static final Duration STEADY = Duration.ofMinutes(1);

    private static final Duration AT_ONCE = Duration.ofMillis(200);
    private static final double SPREAD = 0.25;

    private final RandomGenerator random;
    private int tries;
    private Optional<Instant> succeeded = Optional.empty();

    BackOff(RandomGenerator random) {
        this.random = random;
    }

    /** Everything stands. */
    void succeeded(Instant now) {
        succeeded = Optional.of(now);
    }

    /** An administrator wants it now. */
    void reset() {
        tries = 0;
    }

    /** Returns the wait before the next try, and counts it. */
    Duration next(Instant now) {
        if (succeeded.filter(at -> !at.plus(STEADY).isAfter(now)).isPresent()) {
            tries = 0;
        }
        succeeded = Optional.empty();
        Duration wait = tries == 0 ? AT_ONCE : doubled(tries - 1);
        tries++;
        double factor = 1 - SPREAD + 2 * SPREAD * random.nextDouble();
        return Duration.ofNanos((long) (wait.toNanos() * factor));
    }

    private static Duration doubled(int times) {
        Duration wait = FIRST.multipliedBy(1L << Math.min(times, 20));
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
