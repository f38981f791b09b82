package org.sallyport.sad.internal;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.ChildSaId;

/**
 * Keeps the data planes' exact flow bindings in step with the leases. The gate binds before it releases a call; here they
 * are taken back when the last lease of a flow ends, whoever still runs then, and given to a data plane that is new.
 */
final class Bindings implements LeaseListener {
    private final DataPlanes planes;
    private final Supplier<LeaseBook> leases;
    private final Executor inOrder;

    /** @param inOrder runs one task at a time, in order */
    Bindings(DataPlanes planes, Supplier<LeaseBook> leases, Executor inOrder) {
        this.planes = planes;
        this.leases = leases;
        this.inOrder = inOrder;
    }

    @Override
    public void unbound(Flow flow) {
        inOrder.execute(() -> unbind(flow));
    }

    @Override
    public void rebound(Flow flow) {
        inOrder.execute(() -> leases.get().boundTo(flow).ifPresent(lineage -> planes.bind(flow, lineage)));
    }

    /** Gives every binding to a data plane that is joining. */
    void replay(DataPlanes.Member member) {
        for (Flow flow : leases.get().boundFlows()) {
            leases.get().boundTo(flow).ifPresent(lineage -> planes.bind(member, flow, lineage));
            if (leases.get().boundTo(flow).isEmpty()) {
                unbound(flow);
            }
        }
    }

    /** A socket may have leased the same flow anew meanwhile: then its binding is put back. */
    private void unbind(Flow flow) {
        if (leases.get().boundTo(flow).isPresent()) {
            return;
        }
        planes.unbind(flow);
        Optional<ChildSaId> again = leases.get().boundTo(flow);
        again.ifPresent(lineage -> planes.bind(flow, lineage));
    }
}
