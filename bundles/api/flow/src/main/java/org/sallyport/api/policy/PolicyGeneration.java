package org.sallyport.api.policy;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;

/** One consistent, compiled set of all policies: a packet is judged by one generation. Immutable, thread safe. */
public interface PolicyGeneration {
    /** Returns its number; each new generation has a higher one. */
    long number();

    /** Returns all entries in the order in which they are asked. */
    List<Policy> policies();

    /** Finds an entry by name. */
    Optional<Policy> policy(String name);

    /** Judges a flow: the first entry that matches decides, else the default of its origin. */
    Verdict judge(Flow flow, Requester requester, Origin origin);

    /**
     * Judges a packet; allocates nothing. Addresses as {@link org.sallyport.api.flow.Addresses} numbers them.
     *
     * @param localPort 0 to 65535, or {@link Flow#OPAQUE_PORT}; with ICMP type × 256 + code in both
     */
    Verdict judge(
            boolean ipv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin);
}
