package org.sallyport.api.negotiation;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.sa.ConnectionId;

/**
 * The peer authorization database (RFC 4301 section 4.4.3). Decisions rest on the <em>authenticated</em> identity; an
 * address alone decides nothing. Thread safe, answers from one generation.
 */
public interface Pad {
    /** Finds a peer by its connection. */
    Optional<PadEntry> named(ConnectionId connection);

    /**
     * Finds the peer with an identity, as the responder in IKE_AUTH does to learn how to verify it.
     *
     * @param remote who it says it is
     * @param local whom it wants to talk to (IDr), if it said so
     */
    Optional<PadEntry> find(Identity remote, Optional<Identity> local);

    /**
     * Returns the peers that may come from an address, those that name it first: whose IKE proposals a responder accepts in
     * IKE_SA_INIT, before any identity is known.
     */
    List<PadEntry> candidates(InetAddress remote);

    /** Returns every peer, in the order of their names. */
    List<PadEntry> entries();
}
