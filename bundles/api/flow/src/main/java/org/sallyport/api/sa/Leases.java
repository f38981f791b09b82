package org.sallyport.api.sa;

import java.util.Optional;
import org.sallyport.api.flow.FlowRequest;

/** The count of who uses which lineage. Kept by the SAD, so that it outlives the interceptor. Thread safe. */
public interface Leases {
    /**
     * Leases a lineage to a socket. A socket that leased it before gets the same lease again.
     *
     * @return empty when the lineage has ended meanwhile
     */
    Optional<Lease> lease(ChildSaId lineage, FlowRequest request);

    /** Finds a socket's lease on a living lineage for exactly this request's flow. */
    Optional<Lease> find(FlowRequest request);

    /** Ends every lease of a socket: the kernel reported that it was destroyed. */
    void socketClosed(long socketCookie);

    /** Returns the cookies of all sockets that hold leases, for a resynchronisation after lost events. */
    java.util.Set<Long> sockets();

    /** Returns how many leases a lineage has. */
    int useCount(ChildSaId lineage);
}
