package org.sallyport.api.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A connection as people see it, at one moment. Immutable.
 *
 * @param name the peer's
 * @param state how it stands with it
 * @param reason why it stands so, in words
 * @param since when it came to stand so
 * @param start when its SAs are negotiated, in words
 * @param ikeSas IKE SAs that stand
 * @param policies its protect policies
 * @param standing those of them under which a pair of SAs stands
 * @param nextTry when it is tried again by itself
 */
public record ConnectionView(
        String name,
        ConnectionState state,
        String reason,
        Instant since,
        String start,
        int ikeSas,
        int policies,
        int standing,
        Optional<Instant> nextTry) {}
