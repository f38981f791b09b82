package org.sallyport.api.sa;

import java.util.Optional;
import java.util.Set;
import org.sallyport.api.flow.FlowRequest;

/** The count of who uses which lineage. Kept by the SAD, so that it outlives the interceptor. Thread safe. */
public interface Leases {
    /**
     * Leases a lineage to a request's holder. A holder that leased it before gets the same lease again.
     *
     * @return empty when the lineage has ended or is being ended, does not send, or when a bound on leases is reached
     */
    Optional<Lease> lease(ChildSaId lineage, FlowRequest request);

    /** Finds a holder's lease on a living lineage for exactly this request's flow. */
    Optional<Lease> find(FlowRequest request);

    /** Ends every lease of a holder: the kernel destroyed the socket, or the data plane forgot the flow. */
    void ended(LeaseHolder holder);

    /** Returns the cookies of all sockets that hold leases, for a resynchronisation after lost events. */
    Set<Long> sockets();

    /** Returns how many leases a lineage has. */
    int useCount(ChildSaId lineage);
}
