package org.sallyport.spd.internal.config;

import java.time.Duration;
import java.util.Set;

/**
 * What keeps an administrator from being cut off by a change. Immutable.
 *
 * @param ports TCP ports of this host by which it is administered
 * @param confirmWithin how long a change that needs confirmation stays without it
 */
public record Administration(Set<Integer> ports, Duration confirmWithin) {
    /** ssh, and a minute. */
    public static final Administration DEFAULT = new Administration(Set.of(22), Duration.ofMinutes(1));

    /** Bounds of {@link #confirmWithin}. */
    public static final Duration SHORTEST = Duration.ofSeconds(10);

    public static final Duration LONGEST = Duration.ofHours(1);

    public Administration {
        ports = Set.copyOf(ports);
    }
}
