package org.sallyport.sad.internal;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.event.Feed;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionListener;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SequenceGrants;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.linux.memory.SaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SAD as services. Everything but the memory may come and go while it stands: without policies nothing new is
 * installed, without a data plane nothing is found, and what stands goes on.
 */
@Component(
        immediate = true,
        configurationPid = "org.sallyport.sad",
        service = {SaTable.class, Leases.class, SequenceGrants.class, SaInspection.class, PolicyListener.class})
@Designate(ocd = SadConfig.class)
public final class SadComponent implements SaTable, Leases, SequenceGrants, SaInspection, PolicyListener {
    private static final Logger LOG = LoggerFactory.getLogger(SadComponent.class);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService inOrder = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("sallyport-sad-bindings").factory());
    private final org.sallyport.api.negotiation.Negotiators negotiators =
            new org.sallyport.api.negotiation.Negotiators();
    private final SaMemory memory;
    private final TimerThread timerThread;
    private final Sad sad;
    private volatile SadSettings settings;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Pad pad;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Spd spd;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<ConnectionListener> connectionListeners = List.of();

    @Activate
    public SadComponent(@Reference SaMemory memory, SadConfig config) {
        this.memory = memory;
        settings = SadSettings.of(config);
        BootClock clock = new BootClock();
        Timers timers = new Timers(clock);
        sad = new Sad(new Around(), timers);
        timerThread = new TimerThread(timers, clock);
    }

    private final class Around implements Sad.Surroundings {
        private final RandomGenerator random = new SecureRandom();

        @Override
        public SaMemory memory() {
            return memory;
        }

        @Override
        public SadSettings settings() {
            return settings;
        }

        @Override
        public @Nullable Pad pad() {
            return pad;
        }

        @Override
        public @Nullable Spd spd() {
            return spd;
        }

        @Override
        public Executor executor() {
            return task -> execute(executor, task);
        }

        @Override
        public Executor inOrder() {
            return task -> execute(inOrder, task);
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public Optional<Negotiator> negotiator(String name) {
            return negotiators.find(name);
        }

        @Override
        public void tell(ConnectionEvent event) {
            connectionListeners.forEach(l -> l.happened(event));
        }
    }

    /** Once it has stopped nothing stands any more, so that nothing is left to do. */
    private static void execute(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("too late: the SAD has stopped", e);
        }
    }

    /** Takes new bounds over; what stands is not touched, and a mistake changes nothing. */
    @Modified
    void modified(SadConfig config) {
        try {
            settings = SadSettings.of(config);
        } catch (IllegalArgumentException e) {
            LOG.error("{}; the settings before it stay in force", e.getMessage());
        }
    }

    @Deactivate
    void deactivate() {
        timerThread.close();
        sad.close();
        negotiators.close();
        executor.shutdownNow();
        inOrder.shutdownNow();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addDataPlane(DataPlane plane) {
        sad.dataPlaneAppeared(plane);
    }

    void removeDataPlane(DataPlane plane) {
        sad.dataPlaneVanished(plane);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addNegotiator(Negotiator negotiator, Map<String, Object> properties) {
        negotiators.add(negotiator, properties);
    }

    void removeNegotiator(Negotiator negotiator) {
        negotiators.remove(negotiator);
    }

    @Override
    public void generationChanged(PolicyGeneration generation) {
        sad.generationChanged();
    }

    @Override
    public IkeSaId openIkeSa(ConnectionId connection) {
        return sad.table().openIkeSa(connection);
    }

    @Override
    public ChildSaId openLineage(IkeSaId ikeSa) {
        return sad.table().openLineage(ikeSa);
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol protocol) throws SaRefusedException {
        return sad.table().reserveSpi(protocol);
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol protocol, ChildSaId lineage) throws SaRefusedException {
        return sad.table().reserveSpi(protocol, lineage);
    }

    @Override
    public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) throws SaRefusedException {
        sad.table().installInbound(inbound, spec, keys);
    }

    @Override
    public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) throws SaRefusedException {
        return sad.table().activateOutbound(inbound, peerSpi, keys);
    }

    @Override
    public void retire(SpiKey inbound) {
        sad.table().retire(inbound);
    }

    @Override
    public void delete(SpiKey inbound, Reason reason) {
        sad.table().delete(inbound, reason);
    }

    @Override
    public Optional<ChildSaId> find(String policy, Flow flow) {
        return sad.table().find(policy, flow);
    }

    @Override
    public Optional<SaPairHandle> handle(ChildSaId lineage) {
        return sad.table().handle(lineage);
    }

    @Override
    public void request(SpiKey inbound) {
        sad.grants().request(inbound);
    }

    @Override
    public void share(Share wanted) {
        sad.shareWanted(wanted);
    }

    @Override
    public List<ChildSaView> endedBy(PolicyGeneration candidate) {
        return sad.inspection().endedBy(candidate);
    }

    @Override
    public List<LeaseView> leases() {
        return sad.inspection().leases();
    }

    @Override
    public Map<String, TrafficTotals> totalsByPolicy() {
        return sad.inspection().totalsByPolicy();
    }

    @Override
    public Map<String, TrafficTotals> totalsByConnection() {
        return sad.inspection().totalsByConnection();
    }

    @Override
    public Optional<Lease> lease(ChildSaId lineage, FlowRequest request) {
        return sad.leases().lease(lineage, request);
    }

    @Override
    public Optional<Lease> bind(ChildSaId lineage, FlowRequest request) {
        return sad.leases().bind(lineage, request);
    }

    @Override
    public void abandoned(Flow flow) {
        sad.leases().abandoned(flow);
    }

    @Override
    public Optional<Reason> full(Optional<ChildSaId> lineage) {
        return sad.leases().full(lineage);
    }

    @Override
    public void flowsToldAnew() {
        sad.leases().flowsToldAnew();
    }

    @Override
    public Optional<Lease> find(FlowRequest request) {
        return sad.leases().find(request);
    }

    @Override
    public void ended(LeaseHolder holder) {
        sad.leases().ended(holder);
    }

    @Override
    public Set<Long> sockets() {
        return sad.leases().sockets();
    }

    @Override
    public int useCount(ChildSaId lineage) {
        return sad.leases().useCount(lineage);
    }

    @Override
    public List<ChildSaView> list() {
        return sad.inspection().list();
    }

    @Override
    public Feed<SpiKey, ChildSaView> feed() {
        return sad.inspection().feed();
    }
}
