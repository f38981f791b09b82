package org.sallyport.api.sa;

import java.util.Optional;
import java.util.Set;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.reason.Reason;

/** The count of who uses which lineage. Kept by the SAD, so that it outlives the interceptor. Thread safe. */
public interface Leases {
    /**
     * Leases a lineage to a request's holder. A holder that leased it before gets the same lease again.
     *
     * @return empty when the lineage has ended or is being ended, does not send, or when a bound is reached, see {@link
     *     #full}
     */
    Optional<Lease> lease(ChildSaId lineage, FlowRequest request);

    /** Like {@link #lease}, for a flow that the caller binds to the lineage, though it may belong to no socket. */
    Optional<Lease> bind(ChildSaId lineage, FlowRequest request);

    /**
     * Returns the bound that keeps one more holder from leasing; empty when there is room.
     *
     * @param lineage the one to lease; empty for one that is yet to be made
     */
    Optional<Reason> full(Optional<ChildSaId> lineage);

    /** Finds a holder's lease on a living lineage for exactly this request's flow. */
    Optional<Lease> find(FlowRequest request);

    /** Ends every lease of a holder: the kernel destroyed the socket, or the data plane forgot the flow. */
    void ended(LeaseHolder holder);

    /** Ends what leases sockets have for this flow: none of them has it any more. */
    void abandoned(Flow flow);

    /**
     * Takes note that nobody could tell for a while which flows have ended, and that those which go on are told anew from
     * now on: a {@link LeaseHolder.Packets} that leases nothing again within a minute loses its leases.
     */
    void flowsToldAnew();

    /** Returns the cookies of all sockets that hold leases, for a resynchronisation after lost events. */
    Set<Long> sockets();

    /** Returns how many leases a lineage has. */
    int useCount(ChildSaId lineage);
}
