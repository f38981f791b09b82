package org.sallyport.classifier.internal.flow;

import java.time.Duration;

/**
 * How long a flow may be idle before it is over. Immutable.
 *
 * @param tcp while the connection stands
 * @param closed once both sides have closed it, or one has reset it
 * @param other of any other protocol
 */
public record IdleTimes(Duration tcp, Duration closed, Duration other) {
    public static final IdleTimes DEFAULT =
            new IdleTimes(Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofSeconds(60));
}
