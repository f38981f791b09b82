package org.sallyport.interceptor.internal.gate;

import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.linux.sockdiag.FoundSocket;

/** Finds out whose a flow is. Thread safe. */
interface SocketOwners {
    /** Tells whether the flow's packets are this host's own. */
    boolean isLocal(Flow flow);

    /** Finds the socket of this host that a flow belongs to; empty for a flow that is not this host's. */
    Optional<FoundSocket> find(Flow flow);

    /** Finds the cookie of a connection of this host that no program has any more, and that the kernel brings to its end. */
    Optional<Long> closing(Flow flow);

    /** Tells who has a socket that was found for a flow, as far as that can be known. Looks at every process. */
    Requester requester(Flow flow, FoundSocket socket);
}
