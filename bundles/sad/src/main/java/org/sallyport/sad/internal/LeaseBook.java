package org.sallyport.sad.internal;

import java.time.Duration;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
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

    /** For how long flows whose end may have gone untold keep their leases. */
    static final Duration UNTOLD = Duration.ofMinutes(1);

    private static final int SHOWN_FLOWS = 16;

    private final class HolderLease implements Lease {
        private volatile ChildSaId lineage;
        private final LeaseHolder holder;
        private final Requester requester;
        private final Instant since = Instant.now();
        private final Set<Flow> flows = new LinkedHashSet<>();
        private long telling;

        private HolderLease(ChildSaId lineage, FlowRequest request) {
            this.lineage = lineage;
            this.holder = request.holder();
            this.requester = request.requester();
        }

        /** The gate binds sockets one by one; for packets without one their flow's selectors mostly say which SA is theirs. */
        private boolean ofSocket() {
            return holder instanceof LeaseHolder.Socket;
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

    /** What the book asks of the SAD. */
    interface Rules {
        /** Tells whether a lineage lives and sends, so that it can be leased. */
        boolean leasable(ChildSaId lineage);

        /** Finds the lineage that carries a flow under a policy now. */
        Optional<ChildSaId> carrier(String policy, Flow flow);

        SadSettings settings();
    }

    private final Rules rules;
    private final Timers timers;
    private final List<LeaseListener> listeners;
    private final Map<LeaseHolder, Map<ChildSaId, HolderLease>> byHolder = new HashMap<>();
    private final Map<ChildSaId, Set<HolderLease>> byLineage = new HashMap<>();
    private final Map<Flow, List<HolderLease>> byFlow = new LinkedHashMap<>();
    private int count;
    private long telling;
    private Timers.@Nullable Timer endOfUntold;

    LeaseBook(Rules rules, Timers timers, List<LeaseListener> listeners) {
        this.rules = rules;
        this.timers = timers;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public Optional<Lease> lease(ChildSaId lineage, FlowRequest request) {
        return lease(lineage, request, false);
    }

    @Override
    public Optional<Lease> bind(ChildSaId lineage, FlowRequest request) {
        return lease(lineage, request, true);
    }

    private synchronized Optional<Lease> lease(ChildSaId lineage, FlowRequest request, boolean bound) {
        if (!rules.leasable(lineage)) {
            return Optional.empty();
        }
        Optional<HolderLease> lease = Optional.ofNullable(
                        byHolder.getOrDefault(request.holder(), Map.of()).get(lineage))
                .or(() -> begin(lineage, request));
        lease.ifPresent(l -> {
            l.telling = telling;
            remember(l, request.flow(), bound);
        });
        return lease.map(l -> l);
    }

    private Optional<HolderLease> begin(ChildSaId lineage, FlowRequest request) {
        Optional<Reason> full = full(Optional.of(lineage));
        if (full.isPresent()) {
            listeners.forEach(l -> l.refused(lineage, request.holder(), full.get()));
            return Optional.empty();
        }
        HolderLease lease = new HolderLease(lineage, request);
        enter(lease);
        return Optional.of(lease);
    }

    private void enter(HolderLease lease) {
        byHolder.computeIfAbsent(lease.holder, h -> new HashMap<>(2)).put(lease.lineage, lease);
        Set<HolderLease> users = byLineage.computeIfAbsent(lease.lineage, l -> new HashSet<>());
        users.add(lease);
        count++;
        listeners.forEach(l -> l.begun(lease, users.size()));
    }

    @Override
    public synchronized Optional<Reason> full(Optional<ChildSaId> lineage) {
        SadSettings settings = rules.settings();
        if (count >= settings.maximumLeases()) {
            return Optional.of(
                    bound("the number of sockets and flows that use SAs", settings.maximumLeases(), "maximum.leases"));
        }
        return lineage.filter(l -> useCount(l) >= settings.maximumLeasesPerLineage())
                .map(l -> bound(
                        "the number of sockets and flows that use one SA",
                        settings.maximumLeasesPerLineage(),
                        "maximum.leases.per.lineage"));
    }

    private static Reason bound(String counted, int limit, String key) {
        return Reason.of(ReasonCode.LEASE_LIMIT_REACHED, counted, limit, key);
    }

    /** Does something while nobody can begin to lease a lineage, unless somebody does already. */
    synchronized void whileUnused(ChildSaId lineage, Runnable action) {
        if (!byLineage.containsKey(lineage)) {
            action.run();
        }
    }

    private void remember(HolderLease lease, Flow flow, boolean bound) {
        boolean news = lease.flows.add(flow);
        if ((news && lease.ofSocket()) || (bound && !isBound(flow, lease))) {
            byFlow.computeIfAbsent(flow, f -> new ArrayList<>(1)).add(lease);
        }
        if (lease.flows.size() > FLOWS_PER_LEASE) {
            Flow eldest = lease.flows.iterator().next();
            lease.flows.remove(eldest);
            release(eldest, lease);
        }
    }

    private boolean isBound(Flow flow, HolderLease lease) {
        return byFlow.getOrDefault(flow, List.of()).contains(lease);
    }

    @Override
    public synchronized Optional<Lease> find(FlowRequest request) {
        for (HolderLease lease :
                byHolder.getOrDefault(request.holder(), Map.of()).values()) {
            if (lease.flows.contains(request.flow()) && rules.leasable(lease.lineage)) {
                return Optional.of(lease);
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized void ended(LeaseHolder holder) {
        List.copyOf(byHolder.getOrDefault(holder, Map.of()).values()).forEach(this::end);
    }

    @Override
    public synchronized void abandoned(Flow flow) {
        List.copyOf(byFlow.getOrDefault(flow, List.of())).stream()
                .filter(HolderLease::ofSocket)
                .forEach(lease -> {
                    forget(lease, flow);
                    if (lease.flows.isEmpty()) {
                        end(lease);
                    }
                });
    }

    /** Counted from the latest of several such notes, since flows are told anew after each. */
    @Override
    public synchronized void flowsToldAnew() {
        if (count == 0) {
            return;
        }
        telling++;
        if (endOfUntold != null) {
            endOfUntold.cancel();
        }
        endOfUntold = timers.after(UNTOLD, this::endUntold);
    }

    private synchronized void endUntold() {
        byHolder.values().stream()
                .flatMap(leases -> leases.values().stream())
                .filter(lease -> !lease.ofSocket() && lease.telling != telling)
                .toList()
                .forEach(this::end);
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

    /** Who used what no longer sends uses what carries its flows now: proving identities anew makes new lineages. */
    @Override
    public void retired(Pair pair, Pair.Agreed agreed) {
        ChildSaId lineage = agreed.spec().lineage();
        if (!rules.leasable(lineage)) {
            handOver(lineage, agreed.spec().policy());
        }
    }

    private synchronized void handOver(ChildSaId lineage, String policy) {
        for (HolderLease lease : List.copyOf(byLineage.getOrDefault(lineage, Set.of()))) {
            List<Optional<ChildSaId>> carriers = lease.flows.stream()
                    .map(flow -> rules.carrier(policy, flow))
                    .distinct()
                    .toList();
            if (carriers.size() == 1) {
                carriers.getFirst().filter(rules::leasable).ifPresent(heir -> move(lease, heir));
            }
        }
    }

    private void move(HolderLease lease, ChildSaId heir) {
        HolderLease there = byHolder.getOrDefault(lease.holder, Map.of()).get(heir);
        List<Flow> flows = List.copyOf(lease.flows);
        if (there != null) {
            flows.forEach(flow -> remember(there, flow, isBound(flow, lease)));
            end(lease);
        } else {
            leave(lease);
            lease.lineage = heir;
            enter(lease);
        }
        flows.stream().filter(byFlow::containsKey).forEach(flow -> listeners.forEach(l -> l.rebound(flow)));
    }

    /**
     * Unbinds flows from lineages by which policy no longer has them go, so that their next packet or call is judged anew. The
     * lease itself stays with its socket: the policy may come back, and nobody would tell of a flow that had gone on.
     *
     * @param led tells whether flow and requester lead to a lineage's entry as policy was, and do not as it is
     */
    void judgeAnew(Astray led) {
        record Use(HolderLease lease, Flow flow) {}
        List<Use> uses;
        synchronized (this) {
            uses = byFlow.entrySet().stream()
                    .flatMap(bound -> bound.getValue().stream().map(lease -> new Use(lease, bound.getKey())))
                    .toList();
        }
        uses.stream()
                .filter(use -> led.astray(use.lease.lineage, use.flow, use.lease.requester))
                .forEach(use -> forget(use.lease, use.flow));
    }

    /** Judges the use of a lineage. */
    interface Astray {
        /** Tells whether a flow has to leave its lineage. */
        boolean astray(ChildSaId lineage, Flow flow, Requester requester);
    }

    private synchronized void forget(HolderLease lease, Flow flow) {
        if (lease.flows.remove(flow)) {
            release(flow, lease);
        }
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
        if (leave(lease)) {
            lease.flows.forEach(flow -> release(flow, lease));
            lease.flows.clear();
        }
    }

    /** Tells whether it was there. */
    private boolean leave(HolderLease lease) {
        Set<HolderLease> users = byLineage.get(lease.lineage);
        if (users == null || !users.remove(lease)) {
            return false;
        }
        if (users.isEmpty()) {
            byLineage.remove(lease.lineage);
        }
        byHolder.computeIfPresent(lease.holder, (holder, leases) -> {
            leases.remove(lease.lineage);
            return leases.isEmpty() ? null : leases;
        });
        count--;
        listeners.forEach(l -> l.ended(lease, users.size()));
        return true;
    }

    private void release(Flow flow, HolderLease lease) {
        List<HolderLease> leases = byFlow.get(flow);
        if (leases != null && leases.remove(lease) && leases.isEmpty()) {
            byFlow.remove(flow);
            listeners.forEach(l -> l.unbound(flow));
        }
    }
}
