package org.sallyport.classifier.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.admin.DataPlaneInspection;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SequenceGrants;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.FlowLimits;
import org.sallyport.classifier.internal.flow.IdleTimes;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.path.KernelPathMtu;
import org.sallyport.classifier.internal.path.PathWatch;
import org.sallyport.classifier.internal.worker.Rehearsal;
import org.sallyport.classifier.internal.worker.Workers;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.raw.RawSockets;
import org.sallyport.linux.tcp.TcpStreams;
import org.sallyport.linux.tun.TunDevices;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.udp.UdpPorts;

/**
 * The data plane as a service: keeps the workers' tables, and takes the ports once it has every SA that lives. Policies
 * and the SAD may come and go meanwhile: what stands is carried on, and without policies nothing new is.
 */
@Component(
        immediate = true,
        configurationPid = "org.sallyport.classifier",
        service = {DataPlane.class, DataPlaneInspection.class})
@Designate(ocd = ClassifierConfig.class)
public final class Classifier implements DataPlane, DataPlaneInspection {
    private static final Duration PATHS_ARE_ASKED = Duration.ofSeconds(1);

    private final SpiTable inbound = new SpiTable();
    private final ReservedSpis reserved = new ReservedSpis();
    private final OutboundTable outbound = new OutboundTable(this::generation);
    /** By slot, until no worker refers to them. */
    private final Map<Long, OutboundSa> leaving = new ConcurrentHashMap<>();

    private final PathWatch paths = new PathWatch(new KernelPathMtu(), PATHS_ARE_ASKED);
    private final SaFactory factory;
    private final Workers workers;
    private final RawLeases raw;
    private final Takeover takeover;
    private final GrantRequester requester;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Spd spd;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable SequenceGrants grants;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable PacketGate gate;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable CryptoRegistry crypto;

    @Activate
    public Classifier(
            @Reference UdpPorts ports,
            @Reference RawSockets sockets,
            @Reference TcpStreams streams,
            @Reference TunDevices tuns,
            ClassifierConfig config) {
        this(
                ports,
                sockets,
                streams,
                tuns,
                new TunSpec(TunSpec.PROTECTED, config.mtu(), config.workers()),
                config.segmentation(),
                bounds(config),
                limits(config));
    }

    Classifier(
            UdpPorts ports,
            RawSockets sockets,
            TcpStreams streams,
            TunDevices tuns,
            TunSpec tun,
            boolean segmentation,
            ParkingBounds bounds,
            FlowLimits limits) {
        this.requester = new GrantRequester(() -> grants);
        this.factory = new SaFactory(tun.queues(), () -> crypto, requester::wanted);
        this.workers = new Workers(
                tun.queues(), segmentation, outbound, inbound, reserved, bounds, limits, () -> gate, paths::narrowed);
        SaFactory apart = new SaFactory(1, () -> crypto, nobody -> {});
        this.raw = new RawLeases(sockets, workers);
        this.takeover = new Takeover(ports, streams, tuns, tun, workers, raw, new Rehearsal(apart));
        takeover.start();
        paths.start();
    }

    private static ParkingBounds bounds(ClassifierConfig config) {
        return new ParkingBounds(
                Math.max(16, config.parked_flows()),
                Math.max(16, config.parked_packets()),
                Math.clamp(config.parked_octets(), 1L << 20, 1L << 32),
                Math.max(1, config.parked_packets_per_flow()),
                ParkingBounds.LONGEST);
    }

    private static FlowLimits limits(ClassifierConfig config) {
        return new FlowLimits(
                Math.max(1024, config.flows()),
                new IdleTimes(
                        Duration.ofSeconds(Math.max(1, config.idle_tcp())),
                        Duration.ofSeconds(Math.max(1, config.idle_tcp_closed())),
                        Duration.ofSeconds(Math.max(1, config.idle_other()))));
    }

    /** Stops carrying; the kernel's queues hold what comes until somebody else takes the ports. */
    @Deactivate
    void close() {
        takeover.close();
        requester.close();
        paths.close();
        inbound.all().forEach(sa -> sa.protection().wipe());
        outbound.all().forEach(sa -> sa.protection().wipe());
    }

    void policies(Spd policies) {
        spd = policies;
    }

    void packetGate(PacketGate asked) {
        gate = asked;
    }

    void sequenceGrants(SequenceGrants from) {
        grants = from;
    }

    void cryptography(CryptoRegistry registry) {
        crypto = registry;
    }

    private @Nullable PolicyGeneration generation() {
        Spd policies = spd;
        return policies == null ? null : policies.current();
    }

    @Override
    public void reserve(SpiKey inboundSpi) {
        if (inboundSpi.protocol() == IpsecProtocol.ESP) {
            reserved.add(inboundSpi.spi());
        }
    }

    @Override
    public void release(SpiKey inboundSpi) {
        notReserved(inboundSpi);
    }

    private void notReserved(SpiKey inboundSpi) {
        if (reserved.remove(inboundSpi.spi())) {
            workers.lookAtForerunners(inboundSpi.spi());
        }
    }

    @Override
    public void installInbound(InstalledSa sa) throws SaRefusedException {
        open(sa);
        InboundSa made = factory.inbound(sa);
        paths.add(made.slot());
        InboundSa before = inbound.put(made);
        notReserved(sa.key());
        if (before != null) {
            workers.quiesce();
            before.protection().wipe();
        }
    }

    /** By itself a packet goes by a socket that is opened for it. */
    private void open(InstalledSa sa) throws SaRefusedException {
        if (SaFactory.isEncapsulated(sa)) {
            return;
        }
        try {
            raw.want(SaFactory.rawProtocol(sa), SaFactory.pathFamily(sa));
        } catch (LinuxException e) {
            throw new SaRefusedException(Reason.of(
                    ReasonCode.CAPABILITY_ABSENT,
                    SaFactory.rawProtocol(sa) + " without UDP encapsulation",
                    String.valueOf(e.getMessage())));
        }
    }

    @Override
    public SaPairHandle activateOutbound(InstalledSa in, InstalledSa out) throws SaRefusedException {
        open(out);
        OutboundSa made = factory.outbound(out, in.key());
        paths.add(made.slot());
        OutboundSa before = outbound.add(made);
        if (before != null) {
            workers.quiesce();
            before.protection().wipe();
        }
        workers.lookAtParked();
        return new SaPairHandle(in.lineage(), in.key(), out.key());
    }

    @Override
    public void retire(InstalledSa sa) {
        removeOutbound(sa);
    }

    @Override
    public void remove(InstalledSa sa) {
        if (sa.direction() == SaDirection.INBOUND) {
            removeInbound(sa);
        } else {
            removeOutbound(sa);
        }
    }

    private void removeInbound(InstalledSa sa) {
        paths.remove(sa.slot().address());
        InboundSa gone = inbound.remove(sa.key().spi());
        workers.quiesce();
        if (gone != null) {
            gone.protection().wipe();
        }
    }

    /** Once, though it is retired first and removed then: what no worker refers to any more need not be waited for. */
    private void removeOutbound(InstalledSa sa) {
        long slot = sa.slot().address();
        paths.remove(slot);
        OutboundSa gone = outbound.remove(slot);
        if (gone != null) {
            leaving.put(slot, gone);
        }
        OutboundSa last = leaving.get(slot);
        if (last != null) {
            workers.quiesce();
            leaving.remove(slot);
            last.protection().wipe();
        }
    }

    @Override
    public void bind(Flow flow, ChildSaId lineage) {
        outbound.bind(flow, lineage);
        workers.lookAtParked();
    }

    @Override
    public void unbind(Flow flow) {
        outbound.unbind(flow);
    }

    @Override
    public void caughtUp() {
        takeover.caughtUp();
    }

    @Override
    public boolean carries() {
        return workers.carrying();
    }

    @Override
    public int workers() {
        return workers.count();
    }

    @Override
    public boolean parks() {
        return gate != null && generation() != null && carries();
    }

    @Override
    public Map<String, Long> drops() {
        Map<String, Long> result = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            long count = workers.dropped(reason);
            if (count > 0) {
                result.put(reason.words(), count);
            }
        }
        return result;
    }

    @Override
    public ParkingView parking() {
        return workers.parking();
    }

    @Override
    public String cryptography() {
        return "AES-GCM by " + factory.sealsAesGcm();
    }
}
