package org.sallyport.sad.internal;

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
import java.util.function.Predicate;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.Leases;

/**
 * Who uses which lineage, and which flows are bound to it for that. A lease ends when it is closed, when its socket goes
 * or when its lineage ends. Thread safe.
 */
final class LeaseBook implements Leases, PairListener {
    /** Flows of one socket under one lineage that are remembered; an unconnected socket may send anywhere. */
    static final int FLOWS_PER_LEASE = 4096;

    private final class SocketLease implements Lease {
        private final ChildSaId lineage;
        private final long socketCookie;
        private final Set<Flow> flows = new LinkedHashSet<>();

        private SocketLease(ChildSaId lineage, long socketCookie) {
            this.lineage = lineage;
            this.socketCookie = socketCookie;
        }

        @Override
        public ChildSaId lineage() {
            return lineage;
        }

        @Override
        public long socketCookie() {
            return socketCookie;
        }

        @Override
        public void close() {
            end(this);
        }

        @Override
        public String toString() {
            return "lease of socket " + socketCookie + " on " + lineage;
        }
    }

    private final Predicate<ChildSaId> lives;
    private final Consumer<Flow> unbound;
    private final Consumer<ChildSaId> countChanged;
    private final Map<Long, Map<ChildSaId, SocketLease>> bySocket = new HashMap<>();
    private final Map<ChildSaId, Set<SocketLease>> byLineage = new HashMap<>();
    private final Map<Flow, List<SocketLease>> byFlow = new LinkedHashMap<>();

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
        SocketLease lease = bySocket.computeIfAbsent(request.socketCookie(), c -> new HashMap<>(2))
                .computeIfAbsent(lineage, l -> begin(l, request.socketCookie()));
        remember(lease, request.flow());
        return Optional.of(lease);
    }

    private SocketLease begin(ChildSaId lineage, long socketCookie) {
        SocketLease lease = new SocketLease(lineage, socketCookie);
        byLineage.computeIfAbsent(lineage, l -> new HashSet<>()).add(lease);
        countChanged.accept(lineage);
        return lease;
    }

    private void remember(SocketLease lease, Flow flow) {
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
        return bySocket.getOrDefault(request.socketCookie(), Map.of()).values().stream()
                .filter(l -> l.flows.contains(request.flow()) && lives.test(l.lineage))
                .<Lease>map(l -> l)
                .findFirst();
    }

    @Override
    public synchronized void socketClosed(long socketCookie) {
        List.copyOf(bySocket.getOrDefault(socketCookie, Map.of()).values()).forEach(this::end);
    }

    @Override
    public synchronized Set<Long> sockets() {
        return Set.copyOf(bySocket.keySet());
    }

    @Override
    public synchronized int useCount(ChildSaId lineage) {
        return byLineage.getOrDefault(lineage, Set.of()).size();
    }

    /** Returns the lineage that a flow is bound to by the lease that bound it last. */
    synchronized Optional<ChildSaId> boundTo(Flow flow) {
        List<SocketLease> leases = byFlow.get(flow);
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

    private synchronized void end(SocketLease lease) {
        Set<SocketLease> users = byLineage.get(lease.lineage);
        if (users == null || !users.remove(lease)) {
            return;
        }
        if (users.isEmpty()) {
            byLineage.remove(lease.lineage);
        }
        bySocket.computeIfPresent(lease.socketCookie, (cookie, leases) -> {
            leases.remove(lease.lineage);
            return leases.isEmpty() ? null : leases;
        });
        lease.flows.forEach(flow -> release(flow, lease));
        lease.flows.clear();
        countChanged.accept(lease.lineage);
    }

    private void release(Flow flow, SocketLease lease) {
        byFlow.computeIfPresent(flow, (f, leases) -> {
            leases.remove(lease);
            return leases.isEmpty() ? null : leases;
        });
        if (!byFlow.containsKey(flow)) {
            unbound.accept(flow);
        }
    }
}
