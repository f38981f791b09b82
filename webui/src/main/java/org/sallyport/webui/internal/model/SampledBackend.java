package org.sallyport.webui.internal.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.sallyport.api.admin.CaptureInspection;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConfigurationInspection;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.ConnectionInspection;
import org.sallyport.api.admin.DataPlaneInspection;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.HoldView;
import org.sallyport.api.admin.IkeInspection;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.Provisional;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.Spd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples the appliance for all who look at once: when a feed tells of a change, at most ten times a second, and for the
 * counters once a second. Nobody looks, nothing is asked. A service that stops is absent from the next sample.
 */
@Component(service = {Backend.class, PolicyListener.class})
public final class SampledBackend implements Backend, PolicyListener {
    private static final Logger LOG = LoggerFactory.getLogger(SampledBackend.class);
    private static final long TICK_MILLIS = 100;
    private static final int TICKS_PER_SAMPLE = 10;
    private static final Comparator<ChildSaView> ORDER = Comparator.<ChildSaView, String>comparing(
                    sa -> sa.lineage().ikeSa().connection().name())
            .thenComparing(sa -> sa.lineage().number())
            .thenComparing(ChildSaView::age);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean dirty = new AtomicBoolean(true);
    private final Source<SaInspection> sas = Source.withFeed(this::touch, SaInspection::feed);
    private final Source<HoldInspection> holds = Source.withFeed(this::touch, HoldInspection::feed);
    private final Source<ConfigurationInspection> configuration =
            Source.withFeed(this::touch, ConfigurationInspection::problems);
    private final Source<CaptureInspection> capture = Source.of(this::touch);
    private final Source<IkeInspection> ike = Source.of(this::touch);
    private final Source<DataPlaneInspection> dataPlane = Source.of(this::touch);
    private final Source<ConnectionInspection> connections = Source.of(this::touch);
    private final Source<Spd> spd = Source.of(this::touch);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("console-sampler").daemon().factory());
    private final ScheduledFuture<?> sampling;
    private int ticks;

    /** Made by Declarative Services. */
    @Activate
    public SampledBackend() {
        sampling = clock.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void stop() {
        sampling.cancel(false);
        clock.shutdownNow();
        List.of(sas, holds, configuration, capture, ike, dataPlane, connections, spd)
                .forEach(Source::close);
    }

    @Override
    public Registration listen(Listener listener) {
        listeners.add(listener);
        clock.execute(() -> deliver(listener, sample()));
        return () -> listeners.remove(listener);
    }

    @Override
    public void generationChanged(PolicyGeneration generation) {
        touch();
    }

    private void touch() {
        dirty.set(true);
    }

    private void tick() {
        ticks++;
        boolean due = dirty.get() || ticks % TICKS_PER_SAMPLE == 0;
        if (due && !listeners.isEmpty()) {
            dirty.set(false);
            ConsoleSnapshot snapshot = sample();
            listeners.forEach(listener -> deliver(listener, snapshot));
        }
    }

    private ConsoleSnapshot sample() {
        return new ConsoleSnapshot(
                Instant.now(),
                sas.read(service -> service.list().stream().sorted(ORDER).toList()),
                ike.read(service -> List.copyOf(service.list())),
                holds.read(service -> new ConsoleSnapshot.Holds(
                        service.feed().values().stream()
                                .sorted(Comparator.comparing(HoldView::since))
                                .toList(),
                        service.recent())),
                capture.read(CaptureInspection::counters),
                spd.read(Spd::current),
                configuration.read(service -> service.problems().values()),
                configuration.read(service -> new ConsoleSnapshot.Notices(
                        service.provisional().map(Provisional::text),
                        service.warnings().values().stream()
                                .map(ConfigurationWarning::text)
                                .toList())),
                sas.read(service -> service.leases().stream()
                        .sorted(Comparator.comparing(LeaseView::since).reversed())
                        .limit(ConsoleSnapshot.MOST_LEASES)
                        .toList()),
                sas.read(SaInspection::totalsByPolicy),
                dataPlane.read(service ->
                        new ConsoleSnapshot.DataPlane(service.drops(), service.parking(), service.cryptography())),
                connections.read(ConnectionInspection::list));
    }

    private static void deliver(Listener listener, ConsoleSnapshot snapshot) {
        try {
            listener.changed(snapshot);
        } catch (RuntimeException e) {
            // One page's failure must not stop the clock of the others.
            LOG.warn("A page of the console could not be brought up to date", e);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSas(SaInspection service) {
        sas.bind(service);
    }

    void unbindSas(SaInspection service) {
        sas.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindHolds(HoldInspection service) {
        holds.bind(service);
    }

    void unbindHolds(HoldInspection service) {
        holds.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindConfiguration(ConfigurationInspection service) {
        configuration.bind(service);
    }

    void unbindConfiguration(ConfigurationInspection service) {
        configuration.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCapture(CaptureInspection service) {
        capture.bind(service);
    }

    void unbindCapture(CaptureInspection service) {
        capture.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindIke(IkeInspection service) {
        ike.bind(service);
    }

    void unbindIke(IkeInspection service) {
        ike.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDataPlane(DataPlaneInspection service) {
        dataPlane.bind(service);
    }

    void unbindDataPlane(DataPlaneInspection service) {
        dataPlane.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindConnections(ConnectionInspection service) {
        connections.bind(service);
    }

    void unbindConnections(ConnectionInspection service) {
        connections.unbind(service);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSpd(Spd service) {
        spd.bind(service);
    }

    void unbindSpd(Spd service) {
        spd.unbind(service);
    }
}
