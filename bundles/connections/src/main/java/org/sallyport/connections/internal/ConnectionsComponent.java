package org.sallyport.connections.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.admin.ConnectionInspection;
import org.sallyport.api.admin.ConnectionNote;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.admin.IkeInspection;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.event.Feed;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionListener;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Negotiators;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.Spd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections as services. SAD and negotiators may come and go while it stands. */
@Component(
        immediate = true,
        service = {ConnectionInspection.class, ConnectionControl.class, ConnectionListener.class, PolicyListener.class})
public final class ConnectionsComponent
        implements ConnectionInspection, ConnectionControl, ConnectionListener, PolicyListener, Surroundings {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionsComponent.class);
    private static final Duration TOGETHER = Duration.ofMillis(10);

    private final Spd spd;
    private final Pad pad;
    private final SecureRandom random = new SecureRandom();
    private final Negotiators negotiators = new Negotiators();
    private final List<IkeInspection> ikeInspections = new CopyOnWriteArrayList<>();
    private final Map<SaInspection, Feed.Subscription> subscriptions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sallyport-connections").factory());
    private final Queue<ConnectionEvent> happened = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean noteDue = new AtomicBoolean();
    private final Connections connections = new Connections(this);

    @Activate
    public ConnectionsComponent(@Reference Spd spd, @Reference Pad pad) {
        this.spd = spd;
        this.pad = pad;
        connections.configured();
    }

    @Deactivate
    void stop() {
        connections.close();
        negotiators.close();
        subscriptions.values().forEach(Feed.Subscription::close);
        timer.shutdownNow();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSaInspection(SaInspection inspection) {
        subscriptions.put(inspection, inspection.feed().subscribe("sallyport-connections-pairs", connections));
    }

    void removeSaInspection(SaInspection inspection) {
        Feed.Subscription subscription = subscriptions.remove(inspection);
        if (subscription != null) {
            subscription.close();
        }
        if (subscriptions.isEmpty()) {
            connections.pairsUnknown();
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addIkeInspection(IkeInspection inspection) {
        ikeInspections.add(inspection);
        later(Duration.ZERO, connections::negotiatorCame);
    }

    void removeIkeInspection(IkeInspection inspection) {
        ikeInspections.remove(inspection);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addNegotiator(Negotiator negotiator, Map<String, Object> properties) {
        negotiators.add(negotiator, properties);
        later(Duration.ZERO, connections::negotiatorCame);
    }

    void removeNegotiator(Negotiator negotiator) {
        negotiators.remove(negotiator);
    }

    @Override
    public void generationChanged(PolicyGeneration generation) {
        connections.configured();
    }

    /**
     * Whoever tells is in the middle of a negotiation, which must not wait until a log is written. What happens within a
     * moment is taken note of together: a storm of handshakes does not wake this bundle for each.
     */
    @Override
    public void happened(ConnectionEvent event) {
        happened.add(event);
        if (noteDue.compareAndSet(false, true)) {
            later(TOGETHER, this::takeNote);
        }
    }

    private void takeNote() {
        noteDue.set(false);
        for (ConnectionEvent event = happened.poll(); event != null; event = happened.poll()) {
            connections.happened(event);
        }
    }

    @Override
    public List<ConnectionView> list() {
        return connections.list();
    }

    @Override
    public List<ConnectionNote> history(String connection) {
        return connections.history(connection);
    }

    @Override
    public CompletionStage<List<Attempt>> up(String connection) {
        return connections.up(connection);
    }

    @Override
    public int down(String connection, String who) {
        return connections.down(connection, who);
    }

    // ---- surroundings ----

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public List<PadEntry> peers() {
        return pad.entries();
    }

    @Override
    public List<Policy> policies() {
        return spd.current().policies();
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        return negotiators.find(name);
    }

    @Override
    public Collection<Negotiator> negotiators() {
        return negotiators.all();
    }

    @Override
    public List<IkeSaView> ikeSas() {
        return ikeInspections.stream().flatMap(i -> i.list().stream()).toList();
    }

    @Override
    public void later(Duration wait, Runnable task) {
        try {
            var unused = timer.schedule(() -> carefully(task), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("too late: the connections have stopped", e);
        }
    }

    private static void carefully(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a connection was not looked after", e);
        }
    }
}
