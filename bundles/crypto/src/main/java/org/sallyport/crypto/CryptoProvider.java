package org.sallyport.crypto;

import java.util.List;

/**
 * Somebody who brings algorithms. Register it as an OSGi service to contribute; its transforms go with it. Policies name
 * what has a number of the private range by kind and number: {@code key_exchange#65000}, {@code encryption#1024/256}.
 *
 * <p>{@link #name} and {@link #offers} are called once, when the service comes. A {@link KeyExchange} computes on threads of
 * its provider's own, at most four seconds; what takes longer, throws or answers nonsense ends the exchange that asked, and
 * no other. Everything else works on every packet or message, where nobody stands between: it must not block, and what it
 * throws ends what it was called for. A test of the appliance's own compares implementations with vectors of the RFCs; do
 * the same.
 *
 * <p>Secrets come and go as {@link org.sallyport.api.secret.SecretBytes}: close what you are given to own, wipe what you
 * copy, compare in constant time, and put no key into an exception.
 *
 * <p>Thread safety: immutable.
 */
public interface CryptoProvider {
    /** Returns a short name for logs, such as {@code jdk}. */
    String name();

    /** Returns what it brings; the same list at every call. */
    List<Offer> offers();

    /**
     * One algorithm and what it costs here.
     *
     * @param transform the algorithm
     * @param cost measured nanoseconds for the unit of its type: key pair and agreement, one PRF call, sealing 1400
     *     octets; the cheapest offer is chosen
     */
    record Offer(Transform transform, long cost) {}
}
