package org.sallyport.api.policy;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;

/** One consistent, compiled set of all policies: a packet is judged by one generation. Immutable, thread safe. */
public interface PolicyGeneration {
    /** Returns its number; each new generation has a higher one. */
    long number();

    /** Returns all entries in force, in the order in which they are asked. */
    List<Policy> policies();

    /** Finds an entry by name. */
    Optional<Policy> policy(String name);

    /** Returns the entries that are not in force because others have to be logged in for them. */
    default List<Policy> asleep() {
        return List.of();
    }

    /**
     * Judges a flow: the first entry that matches flow and requester decides, else the default of its origin. Behind an entry
     * that is for others by name nothing is let through in clear, since packets do not show who sent them: there it is
     * discarded, and the verdict names that entry.
     */
    Verdict judge(Flow flow, Requester requester, Origin origin);

    /**
     * Judges a packet, of which nobody knows who sent it: an entry by name matches, and the verdict says so. Allocates nothing.
     * Addresses as {@link org.sallyport.api.flow.Addresses} numbers them.
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

    /**
     * Tells whether such a packet, whoever sends or gets it, may lead to the entry of this name, and that protects. Allocates
     * nothing.
     */
    default boolean mayLeadTo(
            String policy,
            boolean ipv4,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int protocol,
            Origin origin) {
        return judge(ipv4, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, protocol, origin)
                .protectsUnder(policy);
    }
}
