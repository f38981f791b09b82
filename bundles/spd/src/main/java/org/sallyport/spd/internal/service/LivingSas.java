package org.sallyport.spd.internal.service;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.sa.SaTable;

/** The SAD, which comes and goes. Thread safe. */
public final class LivingSas {
    private volatile @Nullable Sad sad;

    private record Sad(SaInspection inspection, SaTable table) {}

    void appeared(SaInspection inspection, SaTable table) {
        sad = new Sad(inspection, table);
    }

    void vanished(SaInspection inspection) {
        Sad known = sad;
        if (known != null && known.inspection == inspection) {
            sad = null;
        }
    }

    boolean known() {
        return sad != null;
    }

    List<ChildSaView> endedBy(PolicyGeneration candidate) {
        return Optional.ofNullable(sad)
                .map(s -> s.inspection.endedBy(candidate))
                .orElse(List.of());
    }

    List<LeaseView> leases() {
        return Optional.ofNullable(sad).map(s -> s.inspection.leases()).orElse(List.of());
    }

    /** Tells whether an SA under this entry would carry the flow now. */
    boolean carries(String policy, Flow flow) {
        return Optional.ofNullable(sad).flatMap(s -> s.table.find(policy, flow)).isPresent();
    }
}
