package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Negotiators;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;

/** A gate's whole world in memory: policies that tests write, and a negotiator that does what they say. */
public final class FakeSurroundings implements Surroundings {
    public static final ConnectionId PEER = new ConnectionId("peer");
    public static final Reason REFUSAL = Reason.of(ReasonCode.PEER_REFUSED_AUTHENTICATION, "peer");

    private final List<Policy> policies = new CopyOnWriteArrayList<>();
    private final FakeNegotiator negotiator = new FakeNegotiator();
    private final Negotiators plugins = new Negotiators();
    private final FakeSad sad = new FakeSad();
    private final List<Flow> bound = new CopyOnWriteArrayList<>();
    private final List<DataPlane> planes = new CopyOnWriteArrayList<>(List.of(new FakeDataPlane()));
    private volatile boolean negotiatorRuns = true;
    private volatile boolean parks;
    private volatile Start start = Start.ON_DEMAND;

    /** Makes a real gate in this world. */
    public FlowGate gate() {
        return gate(new HoldLimits(100, 50));
    }

    Gate gate(HoldLimits limits) {
        return new Gate(
                this,
                limits,
                new HoldLimits(8, 4),
                Executors.newVirtualThreadPerTaskExecutor(),
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory()),
                new GateJournal(Journal::write));
    }

    /** Adds an entry for everything that goes to an address or prefix. */
    public Policy policy(String name, Action action, String remote, Duration holdTime) {
        Policy.Builder builder = Policy.builder(name, action)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                        List.of(TrafficSelector.of(AddressRange.parse(remote)))))
                .holdTime(holdTime);
        if (action == Action.PROTECT) {
            builder.peer(PEER).proposals(List.of(Proposal.parse("aes128gcm16-x25519")));
        }
        return add(builder.build());
    }

    /** Has everything that goes to an address or prefix protected for one user. */
    Policy policyOf(int userId, String name, String remote, Duration holdTime) {
        Policy policy = policy(name, Action.PROTECT, remote, holdTime);
        policies.remove(policy);
        return add(policy.toBuilder(name, Action.PROTECT)
                .names(new NameSelector(Set.of(userId), Set.of(), Set.of(), Set.of(), Set.of()))
                .build());
    }

    Policy add(Policy policy) {
        policies.add(policy);
        return policy;
    }

    void clearPolicies() {
        policies.clear();
    }

    void peerStarts(Start how) {
        start = how;
    }

    void removeNegotiator() {
        negotiatorRuns = false;
    }

    /** The negotiators that others bring, as the appliance calls them. */
    Negotiators plugins() {
        return plugins;
    }

    /** From now on the data plane keeps packets that come before their SA. */
    public void park() {
        parks = true;
    }

    void removeDataPlanes() {
        planes.clear();
    }

    public FakeNegotiator fakeNegotiator() {
        return negotiator;
    }

    public FakeSad sad() {
        return sad;
    }

    public List<Flow> bound() {
        return List.copyOf(bound);
    }

    @Override
    public Optional<Spd> spd() {
        return Optional.of(FakeGeneration::new);
    }

    @Override
    public Optional<Pad> pad() {
        return Optional.of(new FakePad(PadEntry.builder(PEER)
                .localIdentity(Identity.parse("here.example"))
                .remoteIdentity(Identity.parse("there.example"))
                .secret(new SecretRef("secret"))
                .ikeProposals(List.of(Proposal.parse("aes128gcm16-prfsha256-x25519")))
                .start(start)
                .build()));
    }

    @Override
    public Optional<SaTable> saTable() {
        return Optional.of(sad);
    }

    @Override
    public Optional<Leases> leases() {
        return Optional.of(sad);
    }

    @Override
    public List<DataPlane> dataPlanes() {
        return planes;
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        Optional<Negotiator> other = plugins.find(name);
        return other.isPresent()
                ? other
                : Optional.<Negotiator>of(negotiator).filter(n -> negotiatorRuns && name.equals("ikev2"));
    }

    /** Does what a test says with each negotiation; by default it establishes after 50 ms. */
    public final class FakeNegotiator implements Negotiator {
        private final AtomicInteger started = new AtomicInteger();
        private final AtomicInteger cancelled = new AtomicInteger();
        private final List<NegotiationRequest> requests = new CopyOnWriteArrayList<>();
        private volatile Function<NegotiationRequest, CompletableFuture<NegotiationResult>> script =
                request -> after(50, () -> establish(request, request.selectors()));

        /** Sets what happens with each negotiation. */
        public void script(Function<NegotiationRequest, CompletableFuture<NegotiationResult>> value) {
            script = value;
        }

        public int started() {
            return started.get();
        }

        public int cancelled() {
            return cancelled.get();
        }

        public List<NegotiationRequest> requests() {
            return List.copyOf(requests);
        }

        @Override
        public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
            started.incrementAndGet();
            requests.add(request);
            CompletableFuture<NegotiationResult> result = script.apply(request);
            return new Negotiation() {
                @Override
                public CompletableFuture<NegotiationResult> result() {
                    return result;
                }

                @Override
                public void cancel() {
                    cancelled.incrementAndGet();
                    result.complete(new NegotiationResult.Refused(Reason.of(ReasonCode.CANCELLED)));
                }
            };
        }

        @Override
        public void rekey(ChildSaId lineage) {
            throw new AssertionError();
        }

        @Override
        public void rekey(IkeSaId ikeSa) {
            throw new AssertionError();
        }

        @Override
        public void delete(ChildSaId lineage, Reason reason) {
            throw new AssertionError();
        }

        @Override
        public void delete(IkeSaId ikeSa, Reason reason) {
            throw new AssertionError();
        }
    }

    /** Runs something later. */
    public static CompletableFuture<NegotiationResult> after(
            long millis, java.util.function.Supplier<NegotiationResult> what) {
        return CompletableFuture.supplyAsync(what, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    }

    /** Makes an SA for these selectors. */
    public NegotiationResult establish(NegotiationRequest request, Selectors selectors) {
        return new NegotiationResult.Established(sad.establish(request.policy().name(), selectors));
    }

    private final class FakeGeneration implements PolicyGeneration {
        @Override
        public long number() {
            return 1;
        }

        @Override
        public List<Policy> policies() {
            return List.copyOf(policies);
        }

        @Override
        public Optional<Policy> policy(String name) {
            return policies.stream().filter(p -> p.name().equals(name)).findFirst();
        }

        @Override
        public Verdict judge(Flow flow, Requester requester, Origin origin) {
            boolean byName = policies.stream()
                    .anyMatch(p -> p.selectors().contains(flow) && !p.names().isAnybody());
            return policies.stream()
                    .filter(p -> p.selectors().contains(flow) && p.names().holds(requester))
                    .findFirst()
                    .map(p -> new Verdict(p.action(), Optional.of(p), byName))
                    .orElseGet(() -> byName
                            ? new Verdict(Action.DISCARD, Optional.of(policies.getFirst()), true)
                            : new Verdict(Action.BYPASS, Optional.empty()));
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
            throw new AssertionError();
        }
    }

    private record FakePad(PadEntry entry) implements Pad {

        @Override
        public Optional<PadEntry> named(ConnectionId connection) {
            return connection.equals(PEER) ? Optional.of(entry) : Optional.empty();
        }

        @Override
        public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
            throw new AssertionError();
        }

        @Override
        public List<PadEntry> candidates(java.net.InetAddress remote) {
            throw new AssertionError();
        }

        @Override
        public List<PadEntry> entries() {
            return List.of(entry);
        }
    }

    /** SAs and leases, without keys. */
    public static final class FakeSad implements SaTable, Leases {
        private record Standing(String policy, Selectors selectors, SaPairHandle handle) {}

        private record Key(LeaseHolder holder, Flow flow) {}

        private record FakeLease(ChildSaId lineage, LeaseHolder holder, Set<Key> keys, Map<Key, FakeLease> all)
                implements Lease {
            @Override
            public void close() {
                keys.forEach(all::remove);
            }
        }

        private final Map<ChildSaId, Standing> standing = new ConcurrentHashMap<>();
        private final Map<Key, FakeLease> leases = new ConcurrentHashMap<>();
        private final AtomicInteger number = new AtomicInteger();
        private volatile Optional<Reason> full = Optional.empty();
        private volatile Runnable afterNextLook = () -> {};

        /** Something happens right after an SA was looked for the next time. */
        void afterNextLook(Runnable what) {
            afterNextLook = what;
        }

        /** From now on nothing more can be leased. */
        void fill(Reason reason) {
            full = Optional.of(reason);
        }

        SaPairHandle establish(String policy, Selectors selectors) {
            int id = number.incrementAndGet();
            ChildSaId lineage = new ChildSaId(new IkeSaId(PEER, 1), id);
            SaPairHandle handle = new SaPairHandle(
                    lineage, new SpiKey(IpsecProtocol.ESP, 1000 + id), new SpiKey(IpsecProtocol.ESP, 2000 + id));
            standing.put(lineage, new Standing(policy, selectors, handle));
            return handle;
        }

        /** Ends every SA and lease. */
        public void clear() {
            standing.clear();
            leases.clear();
        }

        @Override
        public Optional<ChildSaId> find(String policy, Flow flow) {
            Optional<ChildSaId> found = standing.values().stream()
                    .filter(s -> s.policy().equals(policy) && s.selectors().contains(flow))
                    .map(s -> s.handle().lineage())
                    .findFirst();
            Runnable next = afterNextLook;
            afterNextLook = () -> {};
            next.run();
            return found;
        }

        @Override
        public Optional<SaPairHandle> handle(ChildSaId lineage) {
            @Nullable Standing found = standing.get(lineage);
            return found == null ? Optional.empty() : Optional.of(found.handle());
        }

        @Override
        public Optional<Lease> lease(ChildSaId lineage, FlowRequest request) {
            if (!standing.containsKey(lineage) || full.isPresent()) {
                return Optional.empty();
            }
            Key key = new Key(request.holder(), request.flow());
            return Optional.of(
                    leases.computeIfAbsent(key, k -> new FakeLease(lineage, request.holder(), Set.of(key), leases)));
        }

        @Override
        public Optional<Lease> bind(ChildSaId lineage, FlowRequest request) {
            return lease(lineage, request);
        }

        @Override
        public void abandoned(Flow flow) {
            leases.keySet().removeIf(key -> key.flow().equals(flow) && key.holder() instanceof LeaseHolder.Socket);
        }

        @Override
        public Optional<Reason> full(Optional<ChildSaId> lineage) {
            return full;
        }

        @Override
        public void flowsToldAnew() {}

        @Override
        public Optional<Lease> find(FlowRequest request) {
            return Optional.ofNullable(leases.get(new Key(request.holder(), request.flow())));
        }

        @Override
        public void ended(LeaseHolder holder) {
            leases.keySet().removeIf(key -> key.holder().equals(holder));
        }

        @Override
        public Set<Long> sockets() {
            Set<Long> sockets = ConcurrentHashMap.newKeySet();
            leases.keySet().forEach(key -> {
                if (key.holder() instanceof LeaseHolder.Socket(long cookie)) {
                    sockets.add(cookie);
                }
            });
            return sockets;
        }

        @Override
        public int useCount(ChildSaId lineage) {
            return (int) leases.values().stream()
                    .filter(lease -> lease.lineage().equals(lineage))
                    .map(FakeLease::holder)
                    .distinct()
                    .count();
        }

        /** Returns the flows under lease. */
        public List<Flow> leased() {
            return new ArrayList<>(leases.keySet().stream().map(Key::flow).toList());
        }

        @Override
        public IkeSaId openIkeSa(ConnectionId connection) {
            throw new AssertionError();
        }

        @Override
        public ChildSaId openLineage(IkeSaId ikeSa) {
            throw new AssertionError();
        }

        @Override
        public SpiKey reserveSpi(IpsecProtocol protocol) {
            throw new AssertionError();
        }

        @Override
        public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) {
            throw new AssertionError();
        }

        @Override
        public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) {
            throw new AssertionError();
        }

        @Override
        public void retire(SpiKey inbound) {
            throw new AssertionError();
        }

        @Override
        public void delete(SpiKey inbound, Reason reason) {
            throw new AssertionError();
        }
    }

    private final class FakeDataPlane implements DataPlane {
        @Override
        public void installInbound(InstalledSa sa) {
            throw new AssertionError();
        }

        @Override
        public SaPairHandle activateOutbound(InstalledSa inbound, InstalledSa outbound) {
            throw new AssertionError();
        }

        @Override
        public void retire(InstalledSa outbound) {
            throw new AssertionError();
        }

        @Override
        public void remove(InstalledSa sa) {
            throw new AssertionError();
        }

        @Override
        public boolean parks() {
            return parks;
        }

        @Override
        public void bind(Flow flow, ChildSaId lineage) {
            bound.add(flow);
        }

        @Override
        public void unbind(Flow flow) {
            bound.remove(flow);
        }
    }
}
