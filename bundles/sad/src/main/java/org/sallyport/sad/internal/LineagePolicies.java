package org.sallyport.sad.internal;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.ChildSaId;

/** The policies under which lineages stand: as they are in force now, else as they were agreed. Thread safe. */
final class LineagePolicies {
    private final Lineages lineages;
    private final Supplier<@Nullable Spd> spd;

    LineagePolicies(Lineages lineages, Supplier<@Nullable Spd> spd) {
        this.lineages = lineages;
        this.spd = spd;
    }

    /** Returns a lineage's policy, empty when it has no pair any more. */
    Optional<Policy> of(ChildSaId lineage) {
        return lineages.agreed(lineage)
                .map(agreed -> inForce(agreed.spec().policy()).orElse(agreed.policy()));
    }

    private Optional<Policy> inForce(String name) {
        Spd policies = spd.get();
        return policies == null ? Optional.empty() : policies.current().policy(name);
    }
}
