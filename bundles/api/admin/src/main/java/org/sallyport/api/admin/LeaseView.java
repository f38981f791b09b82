package org.sallyport.api.admin;

import java.time.Instant;
import java.util.List;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.LeaseHolder;

/**
 * A lease as people see it. Immutable.
 *
 * @param lineage what is in use
 * @param policy the policy it stands under
 * @param holder who uses it
 * @param requester who asked first
 * @param flows what for, the latest last; at most 16
 * @param since when the use began
 */
public record LeaseView(
        ChildSaId lineage, String policy, LeaseHolder holder, Requester requester, List<Flow> flows, Instant since) {
    public LeaseView {
        flows = List.copyOf(flows);
    }
}
