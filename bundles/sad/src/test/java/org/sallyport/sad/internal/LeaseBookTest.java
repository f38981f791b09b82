package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.SpiKey;

class LeaseBookTest {
    private static final Reason GONE = Reason.of(ReasonCode.REKEYED);

    @Test
    void aSocketGetsTheSameLeaseAgain() throws Exception {
        World world = World.withPlane();
        ChildSaId lineage = world.lineage();
        world.up(spec(lineage).build(), 1);
        Lease lease = world.sad.leases().lease(lineage, request(1, 80)).orElseThrow();
        assertThat(world.sad.leases().lease(lineage, request(1, 81))).contains(lease);
        assertThat(world.sad.leases().find(request(1, 81))).contains(lease);
        assertThat(world.sad.leases().find(request(1, 82))).isEmpty();
        assertThat(world.sad.leases().find(request(2, 80))).isEmpty();
        assertThat(world.sad.leases().useCount(lineage)).isEqualTo(1);
        lease.close();
        lease.close();
        assertThat(world.sad.leases().useCount(lineage)).isZero();
        assertThat(world.sad.leases().sockets()).isEmpty();
    }

    @Test
    void followsTheLineageOverARekeyAndEndsWithIt() throws Exception {
        World world = World.withPlane();
        ChildSaId lineage = world.lineage();
        SpiKey first = world.up(spec(lineage).build(), 1);
        assertThat(world.sad.leases().lease(lineage, request(1, 80))).isPresent();
        SpiKey second = world.up(spec(lineage).build(), 2);
        world.sad.table().delete(first, GONE);
        assertThat(world.sad.leases().find(request(1, 80))).isPresent();
        world.sad.table().delete(second, GONE);
        assertThat(world.sad.leases().find(request(1, 80))).isEmpty();
        assertThat(world.sad.leases().sockets()).isEmpty();
        assertThat(world.sad.leases().lease(lineage, request(1, 80))).isEmpty();
    }

    @Test
    void isNotGivenBeforeThePairSends() throws Exception {
        World world = World.withPlane();
        ChildSaId lineage = world.lineage();
        SpiKey pair = world.reserve();
        world.sad.table().installInbound(pair, spec(lineage).build(), World.keys(1));
        assertThat(world.sad.leases().lease(lineage, request(1, 80))).isEmpty();
    }

    @Test
    void isNotGivenOnceNothingIsSentAnyMore() throws Exception {
        World world = World.withPlane();
        ChildSaId lineage = world.lineage();
        SpiKey pair = world.up(spec(lineage).build(), 1);
        assertThat(world.sad.leases().lease(lineage, request(1, 80))).isPresent();
        world.sad.table().retire(pair);
        assertThat(world.sad.leases().lease(lineage, request(2, 80))).isEmpty();
        assertThat(world.sad.leases().find(request(1, 80))).isEmpty();
    }

    @Test
    void areBoundedOnEachLineageAndInAll() throws Exception {
        World world = World.withPlane();
        world.settings = new SadSettings(256, 0xffff_ffffL, 1000, 1 << 20, 0, 5, 3);
        ChildSaId first = world.lineage();
        ChildSaId second = world.lineage();
        world.up(spec(first).build(), 1);
        world.up(spec(second).build(), 2);
        LeaseBook book = world.sad.leases();
        for (int socket = 1; socket <= 3; socket++) {
            assertThat(book.lease(first, request(socket, 80))).isPresent();
        }
        assertThat(book.lease(first, request(4, 80))).isEmpty();
        assertThat(book.full(Optional.of(first)).orElseThrow().text())
                .isEqualTo(
                        "the number of sockets and flows that use one SA is limited to 3 by"
                                + " maximum.leases.per.lineage in etc/org.sallyport.sad.cfg: close what is not needed, or set more");
        assertThat(book.full(Optional.of(second))).isEmpty();
        assertThat(book.full(Optional.empty())).isEmpty();
        assertThat(book.lease(first, request(3, 81))).as("one that is held").isPresent();
        assertThat(book.lease(second, request(4, 80))).isPresent();
        assertThat(book.lease(second, request(5, 80))).isPresent();
        assertThat(book.lease(second, request(6, 80))).isEmpty();
        assertThat(book.full(Optional.empty()).orElseThrow().text()).contains("limited to 5 by maximum.leases in");
        book.ended(new LeaseHolder.Socket(1));
        assertThat(book.lease(second, request(6, 80))).isPresent();
        assertThat(book.sockets()).containsExactlyInAnyOrder(2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void ofPacketsCountLikeThoseOfSockets() throws Exception {
        World world = World.withPlane();
        ChildSaId lineage = world.lineage();
        world.up(spec(lineage).build(), 1);
        Flow flow = World.flow("10.1.0.7", "10.2.0.1", 80);
        FlowRequest forwarded = FlowRequest.ofPackets(flow, Origin.FORWARDED);
        Lease lease = world.sad.leases().lease(lineage, forwarded).orElseThrow();
        assertThat(world.sad.leases().lease(lineage, forwarded)).contains(lease);
        assertThat(world.sad.leases().useCount(lineage)).isEqualTo(1);
        assertThat(world.sad.leases().sockets()).isEmpty();
        assertThat(world.sad.leases().boundFlows()).isEmpty();
        world.plane.bind(flow, lineage);
        world.sad.leases().ended(new LeaseHolder.Packets(flow));
        assertThat(world.plane.bindings).as("nobody bound it for the lease").containsKey(flow);
        assertThat(world.sad.leases().useCount(lineage)).isZero();
    }

    @Test
    void remembersABoundedNumberOfFlows() {
        List<Flow> unbound = new ArrayList<>();
        ChildSaId lineage = lineage(1);
        LeaseBook book = book(l -> true, unbound::add);
        for (int port = 0; port <= LeaseBook.FLOWS_PER_LEASE; port++) {
            book.lease(lineage, request(1, port));
        }
        assertThat(unbound).containsExactly(request(1, 0).flow());
        assertThat(book.boundFlows()).hasSize(LeaseBook.FLOWS_PER_LEASE);
        assertThat(book.useCount(lineage)).isEqualTo(1);
    }

    /** One thing that happens to the book. */
    record Step(int kind, long socket, int lineage, int port) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> step = Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.longs().between(1, 4),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(1, 3))
                .as(Step::new);
        return step.list().ofMaxSize(60);
    }

    @Property(tries = 500)
    void countsAsAModelDoes(@ForAll("steps") List<Step> steps) {
        Map<Integer, Map<Long, Set<Flow>>> model = new HashMap<>();
        Set<Integer> ended = new HashSet<>();
        List<Flow> bound = new ArrayList<>();
        LeaseBook book = book(l -> !ended.contains((int) l.number()), bound::remove);
        Map<String, Lease> leases = new HashMap<>();
        for (Step step : steps) {
            Flow flow = request(step.socket(), step.port()).flow();
            switch (step.kind()) {
                case 0, 1, 2 -> {
                    var lease = book.lease(lineage(step.lineage()), request(step.socket(), step.port()));
                    assertThat(lease.isPresent()).isEqualTo(!ended.contains(step.lineage()));
                    lease.ifPresent(l -> {
                        leases.put(step.socket() + "/" + step.lineage(), l);
                        model.computeIfAbsent(step.lineage(), x -> new HashMap<>())
                                .computeIfAbsent(step.socket(), x -> new HashSet<>())
                                .add(flow);
                        if (!bound.contains(flow)) {
                            bound.add(flow);
                        }
                    });
                }
                case 3 -> {
                    Lease lease = leases.remove(step.socket() + "/" + step.lineage());
                    if (lease != null) {
                        lease.close();
                        model.getOrDefault(step.lineage(), new HashMap<>()).remove(step.socket());
                    }
                }
                case 4 -> {
                    book.ended(new LeaseHolder.Socket(step.socket()));
                    model.values().forEach(m -> m.remove(step.socket()));
                    leases.keySet().removeIf(k -> k.startsWith(step.socket() + "/"));
                }
                default -> {
                    ended.add(step.lineage());
                    book.deleted(
                            new Pair(new SpiKey(org.sallyport.api.sa.IpsecProtocol.ESP, 1)),
                            agreed(step.lineage()),
                            GONE,
                            true);
                    model.remove(step.lineage());
                    leases.keySet().removeIf(k -> k.endsWith("/" + step.lineage()));
                }
            }
            requireEqual(model, book, bound);
        }
    }

    private static void requireEqual(Map<Integer, Map<Long, Set<Flow>>> model, LeaseBook book, List<Flow> bound) {
        Set<Long> sockets = new HashSet<>();
        Set<Flow> flows = new HashSet<>();
        for (int lineage = 0; lineage < 4; lineage++) {
            Map<Long, Set<Flow>> users = model.getOrDefault(lineage, Map.of());
            assertThat(book.useCount(lineage(lineage))).isEqualTo(users.size());
            sockets.addAll(users.keySet());
            users.values().forEach(flows::addAll);
        }
        assertThat(book.sockets()).isEqualTo(sockets);
        assertThat(book.boundFlows()).containsExactlyInAnyOrderElementsOf(flows);
        assertThat(bound).containsExactlyInAnyOrderElementsOf(flows);
    }

    private static LeaseBook book(Predicate<ChildSaId> lives, Consumer<Flow> unbound) {
        LeaseBook.Rules rules = new LeaseBook.Rules() {
            @Override
            public boolean leasable(ChildSaId lineage) {
                return lives.test(lineage);
            }

            @Override
            public Optional<ChildSaId> carrier(String policy, Flow flow) {
                return Optional.empty();
            }

            @Override
            public SadSettings settings() {
                return new SadSettings(256, 0xffff_ffffL, 1000, 1 << 20, 0, 500_000, 200_000);
            }
        };
        LeaseListener listener = new LeaseListener() {
            @Override
            public void unbound(Flow flow) {
                unbound.accept(flow);
            }
        };
        return new LeaseBook(rules, new Timers(() -> 0), List.of(listener));
    }

    private static ChildSaId lineage(int number) {
        return new ChildSaId(new IkeSaId(new ConnectionId("berlin"), 1), number);
    }

    private static Pair.Agreed agreed(int lineage) {
        return new Pair.Agreed(
                spec(lineage(lineage)).build(),
                World.protect(World.POLICY, World.SELECTORS).build(),
                0);
    }
}
