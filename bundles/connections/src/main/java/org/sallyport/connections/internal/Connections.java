package org.sallyport.connections.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.admin.ConnectionInspection;
import org.sallyport.api.admin.ConnectionNote;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.event.Feed;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionListener;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SpiKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections: what is configured, what became of each, and the negotiation of those that start by themselves. Thread
 * safe.
 */
final class Connections
        implements ConnectionInspection, ConnectionControl, ConnectionListener, Feed.Listener<SpiKey, ChildSaView> {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final Surroundings surroundings;
    private final Map<String, Connection> byName = new TreeMap<>();

    /** Whether the SAD has said what stands: before that, everything would seem to be missing. */
    private boolean pairsKnown;

    private boolean closed;

    Connections(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    // ---- what is configured ----

    /** Takes over which peers and policies are in force. */
    synchronized void configured() {
        Map<String, List<Policy>> policies = new HashMap<>();
        for (Policy policy : surroundings.policies()) {
            if (policy.action() == Action.PROTECT) {
                policies.computeIfAbsent(policy.peer().orElseThrow().name(), n -> new ArrayList<>())
                        .add(policy);
            }
        }
        Set<String> configured = new HashSet<>();
        for (PadEntry peer : surroundings.peers()) {
            String name = peer.connection().name();
            configured.add(name);
            configure(peer, policies.getOrDefault(name, List.of()));
        }
        byName.keySet().retainAll(configured);
    }

    private void configure(PadEntry peer, List<Policy> policies) {
        String name = peer.connection().name();
        Connection known = byName.get(name);
        if (known == null) {
            BackOff backOff = new BackOff(surroundings.random());
            byName.put(name, new Connection(peer, policies, backOff, surroundings.now()));
        } else {
            known.configure(peer, policies);
        }
        changed(name);
    }

    // ---- what happens ----

    @Override
    public void happened(ConnectionEvent event) {
        with(event.connection().name(), c -> c.happened(event, surroundings.now()));
    }

    @Override
    public synchronized void snapshot(long revision, Collection<ChildSaView> pairs) {
        pairsKnown = true;
        byName.values().forEach(Connection::noPairs);
        pairs.forEach(this::take);
        List.copyOf(byName.keySet()).forEach(this::changed);
    }

    @Override
    public void changed(Feed.Change<SpiKey, ChildSaView> change) {
        switch (change) {
            case Feed.Change.Put<SpiKey, ChildSaView> put ->
                with(put.value().lineage().ikeSa().connection().name(), c -> take(put.value()));
            case Feed.Change.Removed<SpiKey, ChildSaView> gone ->
                with(
                        gone.value().lineage().ikeSa().connection().name(),
                        c -> c.pairDown(gone.value().policy(), gone.key()));
        }
    }

    private void take(ChildSaView pair) {
        Connection connection = byName.get(pair.lineage().ikeSa().connection().name());
        if (connection == null) {
            return;
        }
        if (pair.state().equals("active")) {
            connection.pairUp(pair.policy(), pair.inbound());
        } else {
            connection.pairDown(pair.policy(), pair.inbound());
        }
    }

    /** The SAD is gone: nobody knows what stands until another one says it. */
    synchronized void pairsUnknown() {
        pairsKnown = false;
    }

    /** A negotiator came: what it lists stands, and what waits for it is tried at once. */
    synchronized void negotiatorCame() {
        Map<String, Set<String>> standing = new HashMap<>();
        for (IkeSaView ikeSa : surroundings.ikeSas()) {
            if (ikeSa.state().equals("established") || ikeSa.state().equals("rekeying")) {
                IkeSaId id = ikeSa.id();
                standing.computeIfAbsent(id.connection().name(), n -> new HashSet<>())
                        .add(id.toString());
            }
        }
        byName.forEach((name, connection) -> {
            connection.standingIkeSas(standing.getOrDefault(name, Set.of()));
            connection.backOff.reset();
        });
        List.copyOf(byName.keySet()).forEach(this::changed);
    }

    private synchronized void with(String name, Consumer<Connection> change) {
        Connection connection = byName.get(name);
        if (connection != null) {
            change.accept(connection);
            changed(name);
        }
    }

    private void changed(String name) {
        Connection connection = known(name);
        connection.judge(surroundings.now()).ifPresent(standing -> tell(name, connection, standing));
        if (pairsKnown && !closed && connection.wantsTry()) {
            plan(name, connection);
        }
    }

    private static void tell(String name, Connection connection, Standing standing) {
        String why = connection.isLogged(standing) ? "" : ": " + standing.reason();
        LOG.info("connection {} is {}{}", name, standing.state(), why);
        Journal.event("connection-state")
                .with("connection", name)
                .with("state", standing.state())
                .with("reason", standing.reason())
                .write();
    }

    // ---- those that start by themselves ----

    private void plan(String name, Connection connection) {
        Duration wait = connection.backOff.next(surroundings.now());
        connection.planned(surroundings.now().plus(wait));
        surroundings.later(wait, () -> attempt(name));
    }

    private void attempt(String name) {
        PadEntry peer;
        List<Policy> missing;
        synchronized (this) {
            Connection connection = byName.get(name);
            if (closed || connection == null || !connection.begin()) {
                return;
            }
            peer = connection.peer();
            missing = connection.missing();
        }
        var unused = negotiate(peer, missing).thenAccept(attempts -> with(name, c -> attempted(c, attempts)));
    }

    private void attempted(Connection connection, List<Attempt> attempts) {
        connection.ended();
        attempts.forEach(a -> a.refusal().ifPresent(reason -> connection.failed(a.policy(), reason)));
        if (attempts.stream().allMatch(a -> a.refusal().isEmpty())) {
            connection.backOff.succeeded(surroundings.now());
        }
    }

    private CompletableFuture<List<Attempt>> negotiate(PadEntry peer, List<Policy> policies) {
        List<CompletableFuture<Attempt>> running =
                policies.stream().map(p -> negotiate(peer, p)).toList();
        return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                .thenApply(done -> running.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<Attempt> negotiate(PadEntry peer, Policy policy) {
        Optional<Negotiator> negotiator = surroundings.negotiator(policy.negotiator());
        if (negotiator.isEmpty()) {
            Reason absent = Reason.of(ReasonCode.NEGOTIATOR_ABSENT, policy.negotiator());
            return CompletableFuture.completedFuture(new Attempt(policy.name(), Optional.of(absent)));
        }
        NegotiationRequest request = new NegotiationRequest(policy, peer, policy.selectors(), Optional.empty());
        return CompletableFuture.supplyAsync(
                        () -> negotiator.get().negotiate(request, policy.holdTime()), Runnable::run)
                .thenCompose(negotiation -> negotiation.result())
                .handle((result, failure) -> new Attempt(policy.name(), refusal(result, failure)));
    }

    /** A negotiator that throws has failed like any other. */
    private static Optional<Reason> refusal(@Nullable NegotiationResult result, @Nullable Throwable failure) {
        return switch (result) {
            case null -> Optional.of(Reason.of(ReasonCode.INTERNAL_ERROR, String.valueOf(failure)));
            case NegotiationResult.Established ignored -> Optional.empty();
            case NegotiationResult.Refused refused -> Optional.of(refused.reason());
            case NegotiationResult.Unreachable unreachable -> Optional.of(unreachable.reason());
        };
    }

    // ---- by hand ----

    @Override
    public CompletionStage<List<Attempt>> up(String name) {
        PadEntry peer;
        List<Policy> missing;
        synchronized (this) {
            Connection connection = known(name);
            missing = connection.missing();
            peer = connection.peer();
            if (connection.view().policies() == 0) {
                throw new IllegalArgumentException("no protect policy names peer \"" + name + "\"");
            }
            connection.broughtUp();
            connection.note(surroundings.now(), "brought up by an administrator", "");
        }
        return negotiate(peer, missing).whenComplete((attempts, failure) -> with(name, c -> {}));
    }

    @Override
    public int down(String name, String who) {
        List<IkeSaId> ikeSas;
        synchronized (this) {
            Connection connection = known(name);
            connection.takenDown(who);
            connection.note(surroundings.now(), "taken down by " + who, "");
            changed(name);
            ikeSas = surroundings.ikeSas().stream()
                    .map(IkeSaView::id)
                    .filter(id -> id.connection().name().equals(name))
                    .toList();
        }
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, who);
        surroundings.negotiators().forEach(n -> ikeSas.forEach(id -> n.delete(id, reason)));
        return ikeSas.size();
    }

    private Connection known(String name) {
        Connection connection = byName.get(name);
        if (connection == null) {
            String accepted = byName.isEmpty()
                    ? "no peer is configured: write etc/org.sallyport.peer-NAME.cfg"
                    : "there are: " + String.join(", ", byName.keySet());
            throw new IllegalArgumentException("no connection is called \"" + name + "\"; " + accepted);
        }
        return connection;
    }

    // ---- for people ----

    @Override
    public synchronized List<ConnectionView> list() {
        return byName.values().stream().map(Connection::view).toList();
    }

    @Override
    public synchronized List<ConnectionNote> history(String name) {
        Connection connection = byName.get(name);
        return connection == null ? List.of() : connection.history();
    }

    /** Nothing is tried any more. */
    synchronized void close() {
        closed = true;
    }
}
