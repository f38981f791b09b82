package org.sallyport.ike.internal.runtime;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.sallyport.api.admin.IkeInspection;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.checkpoint.Checkpoint;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.negotiation.ConnectionListener;
import org.sallyport.api.negotiation.ExchangeObserver;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.pool.AssignedAddresses;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.Share;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.address.AddressPools;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.SessionCodec;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.task.Ikev2;
import org.sallyport.linux.LeaseRevokedException;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.TcpStreams;
import org.sallyport.linux.udp.IkePortLease;
import org.sallyport.linux.udp.UdpPorts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The IKEv2 negotiator (RFC 7296). It leases IKE's side of the ports, goes on with the IKE SAs whose checkpoints it finds,
 * and falls silent when another one takes the ports over or its bundle stops: IKE SAs outlive it in their checkpoints.
 */
@Component(
        immediate = true,
        property = Negotiator.NAME + "=ikev2",
        service = {Negotiator.class, IkeInspection.class, PolicyListener.class})
public final class IkeNegotiator implements Negotiator, IkeInspection, PolicyListener {
    private static final Logger LOG = LoggerFactory.getLogger(IkeNegotiator.class);
    private static final Duration LISTENING = Duration.ofSeconds(1);
    private static final long PATIENCE_MILLIS = 1500;
    /** The number of the generation before the first: it says nothing about what an administrator wants. */
    private static final long NOTHING_READ_YET = 0;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<ConnectionListener> connectionListeners = List.of();

    private final Runnable withdraw;
    private final SaTable table;
    private final Pad pad;
    private final BootClock clock = new BootClock();
    private final Timers timers = new Timers(clock);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Epoch epoch;
    private final IkePortLease ports;
    private final IkeStreamLease streams;
    private final Observers observers = new Observers();
    private final Switchboard switchboard;
    private final Rehearsal rehearsal;

    @Activate
    public IkeNegotiator(
            ComponentContext component,
            @Reference SaTable table,
            @Reference Pad pad,
            @Reference Spd spd,
            @Reference Authenticators authenticators,
            @Reference AddressPools pools,
            @Reference AssignedAddresses assigned,
            @Reference CheckpointStore checkpoints,
            @Reference CryptoRegistry crypto,
            @Reference UdpPorts udp,
            @Reference TcpStreams tcp) {
        this(
                () -> component.disableComponent(IkeNegotiator.class.getName()),
                table,
                pad,
                spd,
                authenticators,
                pools,
                assigned,
                checkpoints,
                crypto,
                udp,
                tcp,
                Tuning.DEFAULT);
    }

    /**
     * Starts.
     *
     * @param withdraw takes the services back, once somebody else provides them
     */
    IkeNegotiator(
            Runnable withdraw,
            SaTable table,
            Pad pad,
            Spd spd,
            Authenticators authenticators,
            AddressPools pools,
            AssignedAddresses assigned,
            CheckpointStore checkpoints,
            CryptoRegistry crypto,
            UdpPorts udp,
            TcpStreams tcp,
            Tuning tuning) {
        this.withdraw = withdraw;
        this.table = table;
        this.pad = pad;
        CoreContext context = new CoreContext(pad, spd, crypto, new SecureRandom(), tuning);
        epoch = udp.nextEpoch();
        ports = udp.leaseIke(epoch, this::fenced);
        streams = tcp.leaseIke(tcp.nextEpoch(), () -> {}); // who had them fell silent just now
        switchboard = new Switchboard(
                context,
                new Ikev2(),
                new Surroundings(
                        table,
                        authenticators,
                        pools,
                        assigned,
                        checkpoints,
                        new Transport(ports, streams),
                        epoch,
                        observers),
                clock,
                timers,
                executor,
                new ConnectionTeller(event -> connectionListeners.forEach(l -> l.happened(event))));
        resume(checkpoints);
        switchboard.endOtherStreams();
        pools.follow(switchboard::leases);
        assigned.standing(switchboard.assigned());
        Thread.ofPlatform().daemon().name("sallyport-ike-receive").start(this::listen);
        Thread.ofPlatform().daemon().name("sallyport-ike-streams").start(this::listenToStreams);
        acceptStreams();
        rehearsal = new Rehearsal(crypto);
        rehearsal.start();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addObserver(ExchangeObserver observer) {
        observers.add(observer);
    }

    void removeObserver(ExchangeObserver observer) {
        observers.remove(observer);
    }

    private void listen() {
        try {
            while (!ports.revoked()) {
                ports.receive(LISTENING).ifPresent(switchboard::received);
            }
        } catch (LeaseRevokedException e) {
            LOG.debug("the ports have another owner");
        } catch (RuntimeException e) {
            LOG.error("IKE messages are no longer received", e);
        }
    }

    private void listenToStreams() {
        try {
            while (!streams.revoked()) {
                streams.receive(LISTENING).ifPresent(switchboard::received);
            }
        } catch (LeaseRevokedException e) {
            LOG.debug("the streams have another owner");
        } catch (RuntimeException e) {
            LOG.error("IKE messages in TCP are no longer received", e);
        }
    }

    /** Who has no peer with TCP does not answer there (RFC 9329 section 2). */
    private void acceptStreams() {
        try {
            streams.listen(pad.entries().stream().anyMatch(PadEntry::speaksTcp));
        } catch (LeaseRevokedException e) {
            LOG.debug("the streams have another owner");
        } catch (LinuxException e) {
            LOG.error("peers cannot come by TCP: {}", e.getMessage());
        }
    }

    // ---- from checkpoint to checkpoint ----

    private void resume(CheckpointStore checkpoints) {
        int resumed = 0;
        for (CheckpointId id : checkpoints.list(SessionCodec.KIND)) {
            Optional<Checkpoint> checkpoint = checkpoints.get(id);
            if (checkpoint.isPresent() && resume(checkpoint.get())) {
                resumed++;
            } else {
                checkpoints.remove(id, epoch);
            }
        }
        if (resumed > 0) {
            LOG.info("{} IKE SAs go on from their checkpoints", resumed);
        }
    }

    private boolean resume(Checkpoint checkpoint) {
        try (var secret = checkpoint.state()) {
            SessionState state = SessionCodec.decode(secret);
            List<ChildSaId> forgotten = forgotten(state);
            SessionRunner runner = switchboard.resume(state);
            Reason reason = Reason.of(ReasonCode.INTERNAL_ERROR, "the SA table has no pair for it");
            forgotten.forEach(lineage -> runner.post(new Event.DeleteChild(lineage, reason)));
            return true;
        } catch (IllegalArgumentException | UnavailableTransformException e) {
            LOG.warn("IKE SA {} does not go on: {}", checkpoint.id().name(), e.getMessage());
            return false;
        }
    }

    private List<ChildSaId> forgotten(SessionState state) {
        return state.children.stream()
                .filter(c -> c.status == ChildStatus.ACTIVE)
                .map((ChildState c) -> c.lineage)
                .filter(lineage -> table.handle(lineage).isEmpty())
                .toList();
    }

    /** Another negotiator took the ports over: not a word more, it goes on with what we had. */
    private void fenced() {
        LOG.info("epoch {} of the IKE ports is over; another negotiator goes on", epoch.value());
        fallSilent();
        Thread.ofVirtual().start(withdraw);
    }

    private void fallSilent() {
        timers.close();
        try {
            switchboard.stop(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops without a word to the peers: the checkpoints stay for whoever starts next. */
    @Deactivate
    void stop() {
        rehearsal.close();
        fallSilent();
        ports.close();
        streams.close();
        executor.shutdown();
        observers.close();
    }

    // ---- services ----

    @Override
    public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
        return switchboard.negotiate(request, clock.now() + deadline.toNanos());
    }

    @Override
    public void rekey(ChildSaId lineage) {
        tell(lineage.ikeSa(), new Event.RekeyChild(lineage));
    }

    @Override
    public void share(Share wanted) {
        tell(wanted.fallback().ikeSa(), new Event.ShareChild(wanted));
    }

    @Override
    public void rekey(IkeSaId ikeSa) {
        tell(ikeSa, new Event.RekeyIke());
    }

    @Override
    public void delete(ChildSaId lineage, Reason reason) {
        tell(lineage.ikeSa(), new Event.DeleteChild(lineage, reason));
    }

    @Override
    public void delete(IkeSaId ikeSa, Reason reason) {
        tell(ikeSa, new Event.DeleteIke(reason));
    }

    private void tell(IkeSaId ikeSa, Event event) {
        switchboard.tell(ikeSa, event);
    }

    @Override
    public List<IkeSaView> list() {
        long now = clock.now();
        return switchboard.runners().stream()
                .flatMap(r -> r.view().forPeople(now).stream())
                .toList();
    }

    /** A peer that is no longer configured loses its IKE SAs. */
    @Override
    public void generationChanged(PolicyGeneration generation) {
        if (generation.number() <= NOTHING_READ_YET) {
            return;
        }
        acceptStreams();
        for (SessionRunner runner : switchboard.runners()) {
            runner.view()
                    .id()
                    .filter(id -> pad.named(id.connection()).isEmpty())
                    .ifPresent(
                            id -> runner.post(new Event.DeleteIke(Reason.of(ReasonCode.PEER_GONE, id.connection()))));
        }
    }
}
