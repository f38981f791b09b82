package org.sallyport.spd.internal.kernel;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel plan has to know of this host besides the policies.
 *
 * @param addresses every address of the host that can be used, but for loopback and link-local ones
 * @param routed asks which source address the host would use towards a destination, were there no policy
 */
record LocalFacts(List<InetAddress> addresses, Routed routed) {
    /** Asks the routing. */
    @FunctionalInterface
    interface Routed {
        /** Returns the source address towards a destination. */
        Optional<InetAddress> source(InetAddress destination);
    }

    /** A host of which nothing is known. */
    static final LocalFacts NONE = new LocalFacts(List.of(), destination -> Optional.empty());
}
