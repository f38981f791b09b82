package org.sallyport.interceptor.internal.gate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.HoldView;
import org.sallyport.api.event.Feed;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Negotiators;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaTable;

/** Gives the gate the services that run, as they come and go, and publishes it. */
@Component(
        service = {FlowGate.class, PacketGate.class, HoldInspection.class},
        immediate = true,
        configurationPid = "org.sallyport.gate")
@Designate(ocd = GateSettings.class)
public final class GateComponent implements FlowGate, PacketGate, HoldInspection, Surroundings {
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gate-", 0).factory());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("gate-timer").factory());
    /**
     * A thousand calls that one SA lets go are answered in their order, by few threads. They go before most others, not before
     * all: answered faster than the path can carry what they send, their SYNs would be repeated.
     */
    private final ExecutorService results = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform()
                    .daemon()
                    .name("gate-results-", 0)
                    .priority(Thread.MAX_PRIORITY)
                    .factory());
    /** Lines carry the time at which they were made; who waits for the gate does not wait for the disk. */
    private final ExecutorService journal = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                    .daemon()
                    .name("gate-journal")
                    .priority(Thread.MIN_PRIORITY)
                    .factory(),
            (line, stopped) -> line.run());

    private final Negotiators negotiators = new Negotiators();
    private final List<DataPlane> dataPlanes = new CopyOnWriteArrayList<>();
    private final KernelSocketOwners owners = new KernelSocketOwners();
    private final Gate gate;
    private final PacketAdmission packets;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Spd spd;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Pad pad;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable SaTable saTable;

    private volatile @Nullable Leases leases;

    @Activate
    public GateComponent(GateSettings settings) {
        timer.setRemoveOnCancelPolicy(true);
        HoldLimits limits = new HoldLimits(settings.maximum_holds(), settings.maximum_holds_per_user());
        Rehearsal.play(results, timer);
        HoldLimits parkingLimits = new HoldLimits(settings.maximum_parked(), settings.maximum_parked_per_party());
        gate = new Gate(
                this, limits, parkingLimits, results, timer, new GateJournal(line -> journal.execute(line::write)));
        packets = new PacketAdmission(gate, this, owners, executor, timer);
    }

    @Deactivate
    void stop() {
        gate.close();
        negotiators.close();
        timer.shutdownNow();
        executor.shutdown();
        results.shutdown();
        owners.close();
        journal.shutdown();
        try {
            journal.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** While there was no gate nobody heard of flows that ended; of those that go on it hears as soon as it is there. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setLeases(Leases appeared) {
        appeared.flowsToldAnew();
        leases = appeared;
    }

    void unsetLeases(Leases gone) {
        if (leases == gone) {
            leases = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNegotiator(Negotiator negotiator, Map<String, Object> properties) {
        negotiators.add(negotiator, properties);
    }

    void removeNegotiator(Negotiator negotiator) {
        negotiators.remove(negotiator);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDataPlane(DataPlane dataPlane) {
        dataPlanes.add(dataPlane);
    }

    void removeDataPlane(DataPlane dataPlane) {
        dataPlanes.remove(dataPlane);
    }

    @Override
    public Admission admit(FlowRequest request) {
        return gate.admit(request);
    }

    @Override
    public Admission admitAtOnce(FlowRequest request) {
        return gate.admitAtOnce(request);
    }

    @Override
    public Admission admit(Flow flow) {
        return packets.admit(flow);
    }

    @Override
    public void begun(Flow flow, ChildSaId lineage) {
        packets.begun(flow, lineage);
    }

    @Override
    public void ended(Flow flow) {
        packets.ended(flow);
    }

    @Override
    public Feed<Long, HoldView> feed() {
        return gate.holds().feed();
    }

    @Override
    public List<HoldView> recent() {
        return gate.holds().recent();
    }

    @Override
    public Optional<Spd> spd() {
        return Optional.ofNullable(spd);
    }

    @Override
    public Optional<Pad> pad() {
        return Optional.ofNullable(pad);
    }

    @Override
    public Optional<SaTable> saTable() {
        return Optional.ofNullable(saTable);
    }

    @Override
    public Optional<Leases> leases() {
        return Optional.ofNullable(leases);
    }

    @Override
    public List<DataPlane> dataPlanes() {
        return dataPlanes;
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        return negotiators.find(name);
    }
}
