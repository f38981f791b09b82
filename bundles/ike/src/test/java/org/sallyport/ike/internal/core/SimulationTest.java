package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;

/**
 * Both sides ask for whatever comes to their mind, at the same time, over a network that loses, repeats and reorders. Once
 * it heals they agree, and make progress.
 */
class SimulationTest {
    private static final long SECOND = 1000 * World.MS;
    private static final int SEEDS = Integer.parseInt(System.getenv().getOrDefault("SALLYPORT_IKE_SEEDS", "2000"));

    private static final int FROM = Integer.parseInt(System.getenv().getOrDefault("SALLYPORT_IKE_FROM", "0"));
    private static final int TRACED = Integer.parseInt(System.getenv().getOrDefault("SALLYPORT_IKE_TRACE", "-1"));

    @Test
    void theyAgreeAndGoOnOnceTheNetworkHeals() {
        for (int seed = FROM; seed < SEEDS; seed++) {
            simulate(seed, false);
        }
    }

    @Test
    void theyAgreeAndGoOnAlthoughBundlesAreReplacedMeanwhile() {
        for (int seed = FROM; seed < SEEDS / 2; seed++) {
            simulate(100_000 + seed, true);
        }
    }

    private static void simulate(int seed, boolean restarts) {
        World world = new World(seed);
        world.tracing = TRACED == seed;
        try {
            Random random = world.random;
            world.recording = false;
            world.loss = random.nextDouble() * 0.4;
            world.duplication = random.nextDouble() * 0.3;
            world.maxDelay = (1 + random.nextInt(300)) * World.MS;
            for (int i = 0; i < 12; i++) {
                long when = world.now + random.nextLong(20 * SECOND);
                world.at(when, () -> something(world, random, restarts));
            }
            world.run(25 * SECOND);
            world.loss = 0;
            world.duplication = 0;
            world.maxDelay = 5 * World.MS;
            world.run(200 * SECOND);
            agree(world, restarts);
            progress(world);
            agree(world, restarts);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }

    private static void something(World world, Random random, boolean restarts) {
        Node node = random.nextBoolean() ? world.a : world.b;
        Node both = random.nextInt(3) == 0 ? (node == world.a ? world.b : world.a) : node;
        switch (random.nextInt(restarts ? 14 : 12)) {
            case 0, 1, 2, 3 -> {
                node.negotiate("p" + random.nextInt(4), world.now + 8 * SECOND, world.now);
                if (both != node) {
                    both.negotiate("p" + random.nextInt(4), world.now + 8 * SECOND, world.now);
                }
            }
            case 4, 5, 6 -> {
                rekeyChild(world, node);
                if (both != node) {
                    rekeyChild(world, both);
                }
            }
            case 7, 8 -> {
                rekeyIke(world, node);
                if (both != node) {
                    rekeyIke(world, both);
                }
            }
            case 9, 10 -> deleteChild(world, node, random);
            case 11 -> {
                if (random.nextInt(3) == 0) {
                    deleteIke(world, node);
                }
            }
            default -> node.restart(world.now);
        }
    }

    private static void rekeyChild(World world, Node node) {
        for (Session session : List.copyOf(node.sessions)) {
            session.state().children.stream()
                    .filter(ChildState::rekeyable)
                    .findFirst()
                    .ifPresent(c -> node.feed(session, new Event.RekeyChild(c.lineage), world.now));
        }
    }

    private static void rekeyIke(World world, Node node) {
        List.copyOf(node.sessions).forEach(s -> node.feed(s, new Event.RekeyIke(), world.now));
    }

    private static void deleteChild(World world, Node node, Random random) {
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        for (Session session : List.copyOf(node.sessions)) {
            List<ChildState> children = List.copyOf(session.state().children);
            if (!children.isEmpty()) {
                ChildState child = children.get(random.nextInt(children.size()));
                node.feed(session, new Event.DeleteChild(child.lineage, reason), world.now);
            }
        }
    }

    private static void deleteIke(World world, Node node) {
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        List.copyOf(node.sessions).forEach(s -> node.feed(s, new Event.DeleteIke(reason), world.now));
    }

    /** What one side believes, the other believes too, and nobody holds what nobody needs. */
    private static void agree(World world, boolean restarts) {
        assertThat(ikeSas(world.a)).isEqualTo(ikeSas(world.b));
        assertThat(keys(world.a.outbound)).as("alice sends").isEqualTo(keys(world.b.inbound));
        assertThat(keys(world.b.outbound)).as("bob sends").isEqualTo(keys(world.a.inbound));
        for (Node node : List.of(world.a, world.b)) {
            assertThat(node.door.halfOpen()).isZero();
            Map<Long, Integer> pairsOf = new HashMap<>();
            for (Session session : node.sessions) {
                assertThat(session.state().phase).isEqualTo(Phase.ESTABLISHED);
                for (ChildState child : session.state().children) {
                    assertThat(child.status).isEqualTo(ChildStatus.ACTIVE);
                    pairsOf.merge(child.lineage.number(), 1, Integer::sum);
                    assertThat(node.inbound).containsKey(child.inboundSpi);
                }
            }
            assertThat(pairsOf.values()).as("pairs of a lineage").allMatch(n -> n == 1);
            assertThat(node.inbound).as("installed").hasSize(pairsOf.size());
            if (!restarts) {
                assertThat(node.lineages).as("reserved").hasSize(pairsOf.size());
            }
            assertThat(node.checkpoints).as("checkpoints").hasSize(node.sessions.size());
        }
    }

    private static List<String> ikeSas(Node node) {
        List<String> all = new ArrayList<>();
        for (Session session : node.sessions) {
            for (IkeSaState sa : session.state().ikeSas) {
                assertThat(sa.role).isEqualTo(IkeSaState.Role.CURRENT);
                all.add(sa.initiatorSpi() + " " + sa.responderSpi());
            }
        }
        all.sort(null);
        return all;
    }

    private static Map<Integer, String> keys(Map<Integer, Node.Half> halves) {
        Map<Integer, String> keys = new HashMap<>();
        halves.forEach((spi, half) -> keys.put(spi, half.key()));
        return keys;
    }

    private static void progress(World world) {
        long one = world.a.negotiate("p0", world.now + 30 * SECOND, world.now);
        world.run(5 * SECOND);
        long two = world.b.negotiate("p1", world.now + 30 * SECOND, world.now);
        world.run(5 * SECOND);
        assertThat(world.a.results.get(one)).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.b.results.get(two)).isInstanceOf(NegotiationResult.Established.class);
        rekeyIke(world, world.a);
        world.run(10 * SECOND);
        rekeyChild(world, world.b);
        world.run(10 * SECOND);
    }
}
