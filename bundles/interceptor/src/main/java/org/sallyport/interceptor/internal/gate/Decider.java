package org.sallyport.interceptor.internal.gate;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaTable;

/**
 * Decides in the order of the first journey: a lease on a living lineage, the policy entry, an SA under that entry. Never
 * waits for a negotiation. Thread safe.
 */
final class Decider {
    private static final String NONE = "none";
    private static final String DEFAULT = "default";

    private final Surroundings surroundings;

    Decider(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Decision decide(FlowRequest request) {
        Optional<Leases> leases = surroundings.leases();
        Optional<SaTable> table = surroundings.saTable();
        Optional<Spd> spd = surroundings.spd();
        if (leases.isEmpty() || table.isEmpty()) {
            return absent("the SA table", "start bundle org.sallyport.sad");
        }
        Optional<Lease> lease = leases.get().find(request);
        if (lease.isPresent()) {
            return new Decision.Leased(lease.get());
        }
        if (spd.isEmpty()) {
            return absent("the policy database", "start bundle org.sallyport.spd");
        }
        Verdict verdict = spd.get().current().judge(request.flow(), request.requester(), request.origin());
        String name = verdict.policy().map(Policy::name).orElse(DEFAULT);
        if (isForOthers(verdict, request)) {
            Reason reason = Reason.of(ReasonCode.POLICY_FOR_OTHERS, name, request.requester());
            return new Decision.Refused(name, Errno.EACCES, reason);
        }
        return switch (verdict.action()) {
            case DISCARD -> new Decision.Refused(name, Errno.EACCES, Reason.of(ReasonCode.POLICY_DISCARDS, name));
            case BYPASS -> new Decision.Bypassed(name);
            case PROTECT -> protect(verdict, request, table.get(), leases.get());
        };
    }

    /** Tells whether the packets of a call that goes on without an SA are parked. */
    boolean parks() {
        return surroundings.dataPlanes().stream().anyMatch(DataPlane::parks);
    }

    /** Tells whether the pair that a negotiator speaks of is in the SA table. */
    boolean stands(SaPairHandle handle) {
        return surroundings
                .saTable()
                .flatMap(table -> table.handle(handle.lineage()))
                .isPresent();
    }

    /** Behind an entry by name nothing is let through in clear: the verdict names it, though it does not hold who asks. */
    private static boolean isForOthers(Verdict verdict, FlowRequest request) {
        return verdict.policy()
                .filter(policy -> !policy.names().holds(request.requester()))
                .isPresent();
    }

    private Decision protect(Verdict verdict, FlowRequest request, SaTable table, Leases leases) {
        Policy policy = verdict.policy().orElseThrow();
        if (policy.awaitsAddress()) {
            // Whoever asks has another source address, which no SA under this entry will ever be for.
            String peer = policy.peer().map(Object::toString).orElse("?");
            return new Decision.Refused(policy.name(), Errno.EHOSTUNREACH, Reason.of(ReasonCode.ADDRESS_AWAITED, peer));
        }
        Optional<ChildSaId> lineage = table.find(policy.name(), request.flow());
        if (lineage.isEmpty() || table.handle(lineage.get()).isEmpty()) {
            return unprotected(verdict, leases.full(Optional.empty()));
        }
        List<DataPlane> planes = surroundings.dataPlanes();
        if (planes.isEmpty()) {
            return new Decision.Refused(policy.name(), Errno.EHOSTUNREACH, Reason.of(ReasonCode.DATA_PLANE_ABSENT));
        }
        // Packets without a socket need no binding where their flow's selectors alone say which SA is theirs.
        boolean bound = verdict.byName() || request.holder() instanceof LeaseHolder.Socket;
        Optional<Lease> lease = bound ? leases.bind(lineage.get(), request) : leases.lease(lineage.get(), request);
        if (lease.isEmpty()) {
            return unprotected(verdict, leases.full(lineage));
        }
        if (bound) {
            planes.forEach(plane -> plane.bind(request.flow(), lineage.get()));
        }
        // The pair may have been deleted between the lease and the binding.
        if (table.handle(lineage.get()).isEmpty()) {
            lease.get().close();
            return new Decision.Unprotected(policy, verdict.byName());
        }
        return new Decision.Protected(policy, verdict.byName(), lease.get());
    }

    /** A negotiation helps only where its SA could be leased. */
    private static Decision unprotected(Verdict verdict, Optional<Reason> full) {
        Policy policy = verdict.policy().orElseThrow();
        return full.<Decision>map(reason -> new Decision.Refused(policy.name(), Errno.ENOBUFS, reason))
                .orElseGet(() -> new Decision.Unprotected(policy, verdict.byName()));
    }

    private static Decision absent(String capability, String remedy) {
        return new Decision.Refused(
                NONE, Errno.EHOSTUNREACH, Reason.of(ReasonCode.CAPABILITY_ABSENT, capability, remedy));
    }
}
