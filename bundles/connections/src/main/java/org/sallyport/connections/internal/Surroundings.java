package org.sallyport.connections.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;

/** What connections are made of and reach out to, as it stands now. Thread safe. */
interface Surroundings {
    Instant now();

    RandomGenerator random();

    List<PadEntry> peers();

    /** Returns every policy in force. */
    List<Policy> policies();

    Optional<Negotiator> negotiator(String name);

    Collection<Negotiator> negotiators();

    /** Returns the IKE SAs of every negotiator that lists them. */
    List<IkeSaView> ikeSas();

    /** Runs a short task later, on a thread of its own. */
    void later(Duration wait, Runnable task);
}
