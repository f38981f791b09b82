package org.sallyport.sad.internal;

import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;

/** Hears what happens to leases, in order, while the book is locked: it must be quick and never ask the book. */
interface LeaseListener {
    /** A holder uses a lineage; so many do now. */
    default void begun(Lease lease, int useCount) {}

    /** A holder no longer uses a lineage; so many still do. */
    default void ended(Lease lease, int useCount) {}

    /** No lease binds a flow any more that one bound before. */
    default void unbound(Flow flow) {}

    /** A flow that is bound is so to another lineage than before. */
    default void rebound(Flow flow) {}

    /** A bound kept a holder from using a lineage. */
    default void refused(ChildSaId lineage, LeaseHolder holder, Reason reason) {}
}
