package org.sallyport.crypto;

import java.util.List;

/**
 * Somebody who brings algorithms. Register it as an OSGi service to contribute; its transforms go with it.
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
