package org.sallyport.api.admin;

import java.time.Instant;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;

/**
 * A held request as people see it. Immutable.
 *
 * @param id unique while the interceptor runs
 * @param flow what was asked for
 * @param requester who asked
 * @param policy the entry that holds it
 * @param since when it was held
 * @param parked whether it is packets below TCP and UDP that wait, not a call of a program
 * @param outcome in words once it ended ("released after 12 ms", "refused: …"); empty while it is held
 */
public record HoldView(
        long id,
        Flow flow,
        Requester requester,
        String policy,
        Instant since,
        boolean parked,
        Optional<String> outcome) {}
