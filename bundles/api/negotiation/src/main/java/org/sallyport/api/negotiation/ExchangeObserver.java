package org.sallyport.api.negotiation;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of each exchange of IKE SAs once it is over (RFC 7296 section 1): for statistics, accounting, a diagram of what
 * happened. Registered as a service. It sees what went by and changes nothing.
 *
 * <p>Called by a thread of its own, one exchange at a time, those of one IKE SA in the order in which they ended. Up to
 * {@value #QUEUE_LIMIT} exchanges wait for one that is slow; what comes beyond is dropped, counted, and said in the log and
 * the journal ({@code event=observer-behind}). What it throws is logged. Nobody waits for it.
 */
@ConsumerType
public interface ExchangeObserver {
    /** Exchanges that may wait for one observer. */
    int QUEUE_LIMIT = 1024;

    /** An exchange is over. */
    void observed(ObservedExchange exchange);
}
