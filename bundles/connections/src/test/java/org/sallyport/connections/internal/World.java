package org.sallyport.connections.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.event.Feed;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;

/** Connections with time, policies and a negotiator under a test's control. */
final class World implements Surroundings, Negotiator {
    static final ConnectionId WEST = new ConnectionId("west");

    private record Task(Instant at, long number, Runnable action) {}

    /** A negotiation that the test ends. */
    record Asked(Instant at, NegotiationRequest request, CompletableFuture<NegotiationResult> result) {
        String policy() {
            return request.policy().name();
        }
    }

    final List<Asked> asked = new ArrayList<>();
    final List<IkeSaId> deleted = new ArrayList<>();
    final List<PadEntry> peers = new ArrayList<>();
    final List<Policy> policies = new ArrayList<>();
    final List<IkeSaView> ikeSas = new ArrayList<>();
    final Connections connections = new Connections(this);
    boolean negotiatorThere = true;
    private final Random random = new Random(7);
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long number;

    /** A world with one connection and some policies, whose SAD says that nothing stands. */
    static World with(Start start, String... policyNames) {
        World world = new World();
        world.peers.add(peer(start));
        for (String name : policyNames) {
            world.policies.add(policy(name));
        }
        world.connections.configured();
        world.connections.snapshot(0, List.of());
        return world;
    }

    static PadEntry peer(Start start) {
        return PadEntry.builder(WEST)
                .remoteAddress(Addresses.parse("192.0.2.2"))
                .localIdentity(Identity.parse("east.example.org"))
                .remoteIdentity(Identity.parse("west.example.org"))
                .secret(new SecretRef("west.psk"))
                .ikeProposals(List.of(Proposal.parse("aes256gcm16-prfsha384-ecp384")))
                .start(start)
                .build();
    }

    static Policy policy(String name) {
        TrafficSelector any = new TrafficSelector(
                TrafficSelector.ANY_PROTOCOL, PortRange.ANY, AddressRange.of(Addresses.parse("10.1.0.1")));
        return Policy.builder(name, Action.PROTECT)
                .selectors(new Selectors(List.of(any), List.of(any)))
                .peer(WEST)
                .proposals(List.of(Proposal.parse("aes256gcm16-esn")))
                .build();
    }

    /** Lets time pass and does what is due. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (!tasks.isEmpty() && !tasks.peek().at().isAfter(end)) {
            Task next = tasks.remove();
            now = next.at();
            next.action().run();
        }
        now = end;
    }

    ConnectionView view() {
        return connections.list().getFirst();
    }

    void ikeUp(int sa) {
        tell(ConnectionEvent.Kind.IKE_UP, sa, null, null);
    }

    void ikeDown(int sa, Reason reason) {
        tell(ConnectionEvent.Kind.IKE_DOWN, sa, null, reason);
    }

    void tell(ConnectionEvent.Kind kind, int sa, @Nullable String policy, @Nullable Reason reason) {
        connections.happened(new ConnectionEvent(
                WEST,
                kind,
                new IkeSaId(WEST, sa).toString(),
                Optional.ofNullable(policy),
                Optional.ofNullable(reason)));
    }

    /** Ends a negotiation well, with what the SAD and the negotiator say then. */
    void establish(Asked negotiation, int spi) {
        ikeUp(1);
        connections.changed(new Feed.Change.Put<>(1, key(spi), pair(negotiation.policy(), spi, "active")));
        tell(ConnectionEvent.Kind.CHILD_UP, 1, negotiation.policy(), null);
        negotiation
                .result()
                .complete(new NegotiationResult.Established(
                        new SaPairHandle(new ChildSaId(new IkeSaId(WEST, 1), spi), key(spi), key(spi))));
    }

    void pairGone(String policy, int spi) {
        connections.changed(new Feed.Change.Removed<>(2, key(spi), pair(policy, spi, "active")));
    }

    private static SpiKey key(int spi) {
        return new SpiKey(IpsecProtocol.ESP, spi);
    }

    static ChildSaView pair(String policy, int spi, String state) {
        ChildSaView.Traffic none = new ChildSaView.Traffic(0, 0);
        return new ChildSaView(
                new ChildSaId(new IkeSaId(WEST, 1), spi),
                policy,
                "west.example.org",
                Optional.empty(),
                key(spi),
                Optional.empty(),
                state,
                "",
                "",
                "",
                1500,
                Duration.ZERO,
                Lifetimes.DEFAULT,
                none,
                none,
                0,
                0,
                "",
                0,
                0,
                Optional.empty(),
                0);
    }

    // ---- surroundings ----

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public List<PadEntry> peers() {
        return peers;
    }

    @Override
    public List<Policy> policies() {
        return policies;
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        return negotiatorThere && name.equals("ikev2") ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Collection<Negotiator> negotiators() {
        return List.of(this);
    }

    @Override
    public List<IkeSaView> ikeSas() {
        return ikeSas;
    }

    @Override
    public void later(Duration wait, Runnable task) {
        tasks.add(new Task(now.plus(wait), number++, task));
    }

    // ---- negotiator ----

    @Override
    public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
        Asked negotiation = new Asked(now, request, new CompletableFuture<>());
        asked.add(negotiation);
        return new Negotiation() {
            @Override
            public CompletionStage<NegotiationResult> result() {
                return negotiation.result();
            }

            @Override
            public void cancel() {}
        };
    }

    @Override
    public void rekey(ChildSaId lineage) {}

    @Override
    public void rekey(IkeSaId ikeSa) {}

    @Override
    public void delete(ChildSaId lineage, Reason reason) {}

    @Override
    public void delete(IkeSaId ikeSa, Reason reason) {
        deleted.add(ikeSa);
    }
}
