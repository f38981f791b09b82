package org.sallyport.sad.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;

/**
 * Who uses which lineage, and which flows are bound to it for that. A lease ends when it is closed, when its holder goes
 * or when its lineage ends. Thread safe.
 */
final class LeaseBook implements Leases, PairListener {
    /** Flows of one socket under one lineage that are remembered; an unconnected socket may send anywhere. */
    static final int FLOWS_PER_LEASE = 4096;

    private static final int SHOWN_FLOWS = 16;

    private final class HolderLease implements Lease {
        private final ChildSaId lineage;
        private final LeaseHolder holder;
        private final Requester requester;
        private final Instant since = Instant.now();
        private final Set<Flow> flows = new LinkedHashSet<>();

        private HolderLease(ChildSaId lineage, FlowRequest request) {
            this.lineage = lineage;
            this.holder = request.holder();
            this.requester = request.requester();
        }

        @Override
        public ChildSaId lineage() {
            return lineage;
        }

        @Override
        public LeaseHolder holder() {
            return holder;
        }

        @Override
        public void close() {
            end(this);
        }

        @Override
        public String toString() {
            return "lease of " + holder + " on " + lineage;
        }
    }

    private final Predicate<ChildSaId> lives;
    private final Consumer<Flow> unbound;
    private final Consumer<ChildSaId> countChanged;
    private final Map<LeaseHolder, Map<ChildSaId, HolderLease>> byHolder = new HashMap<>();
    private final Map<ChildSaId, Set<HolderLease>> byLineage = new HashMap<>();
    private final Map<Flow, List<HolderLease>> byFlow = new LinkedHashMap<>();

    /**
     * Makes an empty book.
     *
     * @param lives tells whether a lineage lives
     * @param unbound hears of flows that no lease binds any more
     * @param countChanged hears of lineages whose use count changed
     */
    LeaseBook(Predicate<ChildSaId> lives, Consumer<Flow> unbound, Consumer<ChildSaId> countChanged) {
        this.lives = lives;
        this.unbound = unbound;
        this.countChanged = countChanged;
    }

    @Override
    public synchronized Optional<Lease> lease(ChildSaId lineage, FlowRequest request) {
        if (!lives.test(lineage)) {
            return Optional.empty();
        }
        HolderLease lease = byHolder.computeIfAbsent(request.holder(), h -> new HashMap<>(2))
                .computeIfAbsent(lineage, l -> begin(l, request));
        remember(lease, request.flow());
        return Optional.of(lease);
    }

    private HolderLease begin(ChildSaId lineage, FlowRequest request) {
        HolderLease lease = new HolderLease(lineage, request);
        byLineage.computeIfAbsent(lineage, l -> new HashSet<>()).add(lease);
        countChanged.accept(lineage);
        return lease;
    }

    private void remember(HolderLease lease, Flow flow) {
        if (!lease.flows.add(flow)) {
            return;
        }
        byFlow.computeIfAbsent(flow, f -> new ArrayList<>(1)).add(lease);
        if (lease.flows.size() > FLOWS_PER_LEASE) {
            Flow eldest = lease.flows.iterator().next();
            lease.flows.remove(eldest);
            release(eldest, lease);
        }
    }

    @Override
    public synchronized Optional<Lease> find(FlowRequest request) {
        return byHolder.getOrDefault(request.holder(), Map.of()).values().stream()
                .filter(l -> l.flows.contains(request.flow()) && lives.test(l.lineage))
                .<Lease>map(l -> l)
                .findFirst();
    }

    @Override
    public synchronized void ended(LeaseHolder holder) {
        List.copyOf(byHolder.getOrDefault(holder, Map.of()).values()).forEach(this::end);
    }

    @Override
    public synchronized Set<Long> sockets() {
        return byHolder.keySet().stream()
                .mapMulti((LeaseHolder holder, Consumer<Long> cookies) -> {
                    if (holder instanceof LeaseHolder.Socket(long cookie)) {
                        cookies.accept(cookie);
                    }
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized int useCount(ChildSaId lineage) {
        return byLineage.getOrDefault(lineage, Set.of()).size();
    }

    /**
     * Shows every lease.
     *
     * @param policyOf names the policy under which a lineage stands
     */
    synchronized List<LeaseView> views(Function<ChildSaId, String> policyOf) {
        return byLineage.values().stream()
                .flatMap(Set::stream)
                .map(l -> new LeaseView(
                        l.lineage, policyOf.apply(l.lineage), l.holder, l.requester, latest(l.flows), l.since))
                .toList();
    }

    private static List<Flow> latest(Set<Flow> flows) {
        return flows.stream().skip(Math.max(0, flows.size() - SHOWN_FLOWS)).toList();
    }

    /** Returns the lineage that a flow is bound to by the lease that bound it last. */
    synchronized Optional<ChildSaId> boundTo(Flow flow) {
        List<HolderLease> leases = byFlow.get(flow);
        return leases == null ? Optional.empty() : Optional.of(leases.getLast().lineage);
    }

    /** Returns every bound flow. */
    synchronized List<Flow> boundFlows() {
        return List.copyOf(byFlow.keySet());
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (lineageEnded) {
            lineageEnded(agreed.spec().lineage());
        }
    }

    private synchronized void lineageEnded(ChildSaId lineage) {
        List.copyOf(byLineage.getOrDefault(lineage, Set.of())).forEach(this::end);
    }

    private synchronized void end(HolderLease lease) {
        Set<HolderLease> users = byLineage.get(lease.lineage);
        if (users == null || !users.remove(lease)) {
            return;
        }
        if (users.isEmpty()) {
            byLineage.remove(lease.lineage);
        }
        byHolder.computeIfPresent(lease.holder, (holder, leases) -> {
            leases.remove(lease.lineage);
            return leases.isEmpty() ? null : leases;
        });
        lease.flows.forEach(flow -> release(flow, lease));
        lease.flows.clear();
        countChanged.accept(lease.lineage);
    }

    private void release(Flow flow, HolderLease lease) {
        byFlow.computeIfPresent(flow, (f, leases) -> {
            leases.remove(lease);
            return leases.isEmpty() ? null : leases;
        });
        if (!byFlow.containsKey(flow)) {
            unbound.accept(flow);
        }
    }
}
