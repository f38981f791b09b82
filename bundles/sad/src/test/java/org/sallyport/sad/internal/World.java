package org.sallyport.sad.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.linux.memory.SaMemory;

/** A SAD with everything around it under a test's control: clock, policies, peers, negotiator, memory. */
final class World implements Sad.Surroundings {
    static final ConnectionId BERLIN = new ConnectionId("berlin");
    static final String POLICY = "to-berlin";
    static final Selectors SELECTORS = selectors("10.1.0.0/24", "10.2.0.0/24");

    final AtomicLong now = new AtomicLong(1_000_000_000L);
    final LongAdder clockReads = new LongAdder();
    final Timers timers = new Timers(() -> {
        clockReads.increment();
        return now.get();
    });
    final SaMemory memory;
    final FakePlane plane = new FakePlane();
    final Told negotiator = new Told();
    final Map<String, Negotiator> negotiators = new ConcurrentHashMap<>();
    final Executor executor;
    final List<ConnectionEvent> told = new ArrayList<>();
    SadSettings settings = new SadSettings(256, 0xffff_ffffL, 1000, 1 << 20, 0, 500_000, 200_000);
    volatile @Nullable Spd spd = policies(protect(POLICY, SELECTORS).build());
    volatile @Nullable Pad pad = peers(peer("0.0.0.0/0"));
    final Sad sad;
    final IkeSaId ikeSa;

    World() {
        this(Runnable::run);
    }

    World(Executor executor) {
        this(executor, new FakeMemory(10_000));
    }

    World(Executor executor, SaMemory memory) {
        this.memory = memory;
        this.executor = executor;
        sad = new Sad(this, timers);
        ikeSa = sad.table().openIkeSa(BERLIN);
        negotiators.put("ikev2", negotiator);
    }

    /** A world whose data plane is there. */
    static World withPlane() {
        World world = new World();
        world.sad.dataPlaneAppeared(world.plane);
        return world;
    }

    void pass(Duration time) {
        long end = now.get() + time.toNanos();
        long step = Duration.ofMillis(100).toNanos();
        while (now.get() < end) {
            now.addAndGet(Math.min(step, end - now.get()));
            timers.runDue();
        }
    }

    ChildSaId lineage() {
        return sad.table().openLineage(ikeSa);
    }

    SpiKey reserve() {
        try {
            return sad.table().reserveSpi(IpsecProtocol.ESP);
        } catch (SaRefusedException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes a pair in the right order. */
    SpiKey up(SaSpec spec, int peerSpi) throws SaRefusedException {
        SpiKey inbound = reserve();
        try (SaKeys keys = keys(1)) {
            sad.table().installInbound(inbound, spec, keys);
        }
        try (SaKeys keys = keys(2)) {
            sad.table().activateOutbound(inbound, peerSpi, keys);
        }
        return inbound;
    }

    static SaSpec.Builder spec(ChildSaId lineage) {
        return SaSpec.builder()
                .lineage(lineage)
                .policy(POLICY)
                .peerIdentity("gw.berlin.example")
                .selectors(SELECTORS)
                .suite(new SaSuite(20, 256, 0, true))
                .path(new Path(
                        new InetSocketAddress(Addresses.parse("192.0.2.1"), 4500),
                        new InetSocketAddress(Addresses.parse("192.0.2.2"), 4501),
                        "",
                        Encapsulation.UDP,
                        1500))
                .lifetimes(Lifetimes.DEFAULT)
                .initiator(true);
    }

    static SaKeys keys(int seed) {
        byte[] key = new byte[32];
        byte[] salt = new byte[4];
        Arrays.fill(key, (byte) (0x40 + seed));
        Arrays.fill(salt, (byte) (0x60 + seed));
        return new SaKeys(SecretBytes.owning(key), SecretBytes.owning(salt), SecretBytes.owning(new byte[0]));
    }

    static Selectors selectors(String local, String remote) {
        return new Selectors(
                List.of(TrafficSelector.of(AddressRange.parse(local))),
                List.of(TrafficSelector.of(AddressRange.parse(remote))));
    }

    /** Likewise, for TCP to one port. */
    static Selectors selectors(String local, String remote, int remotePort) {
        return new Selectors(
                List.of(new TrafficSelector(IpProtocol.TCP, PortRange.ANY, AddressRange.parse(local))),
                List.of(new TrafficSelector(
                        IpProtocol.TCP, new PortRange(remotePort, remotePort), AddressRange.parse(remote))));
    }

    static Flow flow(String local, String remote, int remotePort) {
        return new Flow(0, IpProtocol.TCP, Addresses.parse(local), 40000, Addresses.parse(remote), remotePort);
    }

    static FlowRequest request(long cookie, int remotePort) {
        return FlowRequest.ofSocket(flow("10.1.0.1", "10.2.0.1", remotePort), Requester.UNKNOWN, cookie);
    }

    static Policy.Builder protect(String name, Selectors selectors) {
        return Policy.builder(name, Action.PROTECT)
                .selectors(selectors)
                .peer(BERLIN)
                .proposals(List.of(Proposal.parse("aes256gcm16-esn")));
    }

    static PadEntry peer(String permittedRemote) {
        return PadEntry.builder(BERLIN)
                .localIdentity(Identity.parse("gw.here.example"))
                .remoteIdentity(Identity.parse("gw.berlin.example"))
                .secret(new SecretRef("etc/berlin.psk"))
                .ikeProposals(List.of(Proposal.parse("aes256gcm16-prfsha384-ecp384")))
                .permittedRemote(List.of(AddressRange.parse(permittedRemote)))
                .build();
    }

    static Spd policies(Policy... policies) {
        return generation(1, policies);
    }

    static Spd generation(long number, Policy... policies) {
        Generation generation = new Generation(number, List.of(policies));
        return () -> generation;
    }

    static Pad peers(PadEntry... entries) {
        return new Pad() {
            @Override
            public Optional<PadEntry> named(ConnectionId connection) {
                return Arrays.stream(entries)
                        .filter(e -> e.connection().equals(connection))
                        .findFirst();
            }

            @Override
            public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
                return Arrays.stream(entries)
                        .filter(e -> e.remoteIdentity().equals(remote))
                        .findFirst();
            }

            @Override
            public List<PadEntry> candidates(InetAddress remote) {
                return List.of(entries);
            }

            @Override
            public List<PadEntry> entries() {
                return List.of(entries);
            }
        };
    }

    private record Generation(long number, List<Policy> policies) implements PolicyGeneration {
        @Override
        public Optional<Policy> policy(String name) {
            return policies.stream().filter(p -> p.name().equals(name)).findFirst();
        }

        @Override
        public Verdict judge(Flow flow, Requester requester, Origin origin) {
            return policies.stream()
                    .filter(p -> p.selectors().contains(flow) && p.names().holds(requester))
                    .findFirst()
                    .map(p -> new Verdict(p.action(), Optional.of(p)))
                    .orElseGet(() -> new Verdict(Action.BYPASS, Optional.empty()));
        }

        @Override
        public Verdict judge(
                boolean ipv4,
                long localHigh,
                long localLow,
                int localPort,
                long remoteHigh,
                long remoteLow,
                int remotePort,
                int protocol,
                Origin origin) {
            throw new AssertionError("the SAD does not judge packets");
        }
    }

    /** A negotiator that notes what it was asked. */
    static class Told implements Negotiator {
        final List<ChildSaId> rekeys = new ArrayList<>();
        final List<ChildSaId> deletes = new ArrayList<>();
        final List<Share> shares = new ArrayList<>();
        final List<Reason> reasons = new ArrayList<>();

        @Override
        public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
            throw new AssertionError("the SAD does not negotiate");
        }

        @Override
        public synchronized void rekey(ChildSaId lineage) {
            rekeys.add(lineage);
        }

        @Override
        public synchronized void share(Share wanted) {
            shares.add(wanted);
        }

        @Override
        public void rekey(IkeSaId ike) {
            throw new AssertionError("the SAD knows no IKE SA");
        }

        @Override
        public synchronized void delete(ChildSaId lineage, Reason reason) {
            deletes.add(lineage);
            reasons.add(reason);
        }

        @Override
        public void delete(IkeSaId ike, Reason reason) {
            throw new AssertionError("the SAD knows no IKE SA");
        }
    }

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
        return executor;
    }

    @Override
    public Executor inOrder() {
        return executor;
    }

    @Override
    public RandomGenerator random() {
        return new Random(now.get());
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        return Optional.ofNullable(negotiators.get(name));
    }

    @Override
    public void tell(ConnectionEvent event) {
        told.add(event);
    }
}
