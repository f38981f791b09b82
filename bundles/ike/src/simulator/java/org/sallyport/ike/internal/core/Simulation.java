package org.sallyport.ike.internal.core;

import static org.sallyport.ike.internal.core.BrokenInvariant.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;

/**
 * Two negotiators against each other in memory. Both sides ask for whatever comes to their mind, at the same time, over a
 * network that loses, repeats, reorders and delays, and they crash. Once it heals they agree, and make progress. All that
 * happens follows from the seed.
 */
public final class Simulation {
    private static final long SECOND = 1000 * World.MS;
    private static final long STORM = 25 * SECOND;
    /** Silence of 30 s, then 64 s without an answer, and twice that: whoever is deleted by a dead peer's heir. */
    private static final long HEALING = 200 * SECOND;

    private static final long TRAFFIC = 300 * World.MS;
    private static final long SPARSE_TRAFFIC = 5 * SECOND;

    /** How a seed's storm is made up. */
    private enum Kind {
        /** Nobody crashes, nothing is deleted: rekeys collide. */
        REKEYS,
        /** Pairs and IKE SAs are deleted as well. */
        DELETES,
        /** Bundles are replaced meanwhile, and go on from their checkpoints. */
        RESTARTS,
        /** Machines crash, and know nothing any more. */
        CRASHES,
        /** IKE SAs live for seconds. */
        LIFETIMES,
        /** Both sides prove themselves anew, while they rekey, delete and restart, and ask ahead. */
        REAUTHENTICATIONS
    }

    private final World world;
    private final Random random;
    private final Kind kind;
    private final Traffic traffic;
    private boolean lossless;
    private boolean forgetful;

    private Simulation(long seed, boolean tracing, Fault fault) {
        world = new World(seed, fault);
        world.tracing = tracing;
        world.recording = false;
        random = world.random;
        kind = Kind.values()[random.nextInt(Kind.values().length)];
        traffic = new Traffic(world);
    }

    /**
     * Runs one seed.
     *
     * @param tracing whether its story is printed
     * @return how many numbered packets arrived
     * @throws BrokenInvariant when something does not hold that must
     */
    public static long run(long seed, boolean tracing) {
        return run(seed, tracing, Fault.NONE);
    }

    /**
     * Runs consecutive seeds on all processors.
     *
     * @param broken is told of each seed in which something did not hold, and what
     * @return how many numbered packets arrived
     */
    public static long runAll(long first, long count, BiConsumer<Long, BrokenInvariant> broken) {
        return LongStream.range(first, first + count)
                .parallel()
                .map(seed -> {
                    try {
                        return run(seed, false);
                    } catch (BrokenInvariant e) {
                        broken.accept(seed, e);
                        return 0;
                    }
                })
                .sum();
    }

    static long run(long seed, boolean tracing, Fault fault) {
        Simulation simulation = new Simulation(seed, tracing, fault);
        try {
            simulation.run();
        } catch (BrokenInvariant e) {
            throw e;
        } catch (AssertionError | RuntimeException e) {
            BrokenInvariant broken = new BrokenInvariant(String.valueOf(e));
            broken.initCause(e);
            throw broken;
        }
        return simulation.traffic.delivered();
    }

    private void run() {
        storm();
        heal();
        agree();
        progress();
        agree();
    }

    private void storm() {
        lossless = random.nextInt(3) == 0;
        world.loss = lossless ? 0 : random.nextDouble() * 0.4;
        world.duplication = random.nextDouble() * 0.3;
        world.maxDelay = (1 + random.nextInt(300)) * World.MS;
        for (Node node : List.of(world.a, world.b)) {
            node.slowness = random.nextBoolean() ? 0 : random.nextLong(200 * World.MS);
        }
        if (random.nextInt(4) == 0) {
            smallDatagrams();
        }
        if (kind == Kind.LIFETIMES) {
            shortLifetimes();
        }
        ask(world.a, "p" + random.nextInt(4));
        for (int i = 0; i < 12; i++) {
            world.at(world.now + random.nextLong(20 * SECOND), this::something);
        }
        traffic.start(world.now + STORM, TRAFFIC);
        world.run(STORM);
    }

    private void smallDatagrams() {
        for (Node node : List.of(world.a, world.b)) {
            node.tuning(node.tuning.withDatagram(150 + random.nextInt(200)));
        }
    }

    private void shortLifetimes() {
        for (Node node : List.of(world.a, world.b)) {
            Node other = node == world.a ? world.b : world.a;
            node.peers.peers.set(
                    0,
                    node.peer(other)
                            .ikeSoftLifetime(Duration.ofSeconds(4 + random.nextInt(6)))
                            .ikeHardLifetime(Duration.ofSeconds(30))
                            .build());
        }
    }

    private void heal() {
        world.loss = 0;
        world.duplication = 0;
        world.maxDelay = 5 * World.MS;
        for (Node node : List.of(world.a, world.b)) {
            Node other = node == world.a ? world.b : world.a;
            node.slowness = 0;
            node.peers.peers.set(0, node.peer(other).build());
        }
        traffic.start(world.now + HEALING, SPARSE_TRAFFIC);
        world.run(HEALING);
    }

    // ---- what comes to their mind ----

    private void something() {
        Node node = random.nextBoolean() ? world.a : world.b;
        boolean both = random.nextInt(3) == 0;
        Node other = node == world.a ? world.b : world.a;
        act(node, both ? other : node, random.nextInt(kinds()));
    }

    private int kinds() {
        return switch (kind) {
            case REKEYS, LIFETIMES -> 9;
            case DELETES -> 12;
            case RESTARTS, CRASHES -> 14;
            case REAUTHENTICATIONS -> 20;
        };
    }

    private void act(Node node, Node also, int what) {
        List<Node> nodes = node == also ? List.of(node) : List.of(node, also);
        switch (what) {
            case 0, 1, 2, 3 -> nodes.forEach(n -> ask(n, "p" + random.nextInt(4)));
            case 4, 5, 6 -> nodes.forEach(this::rekeyChild);
            case 7, 8 -> nodes.forEach(this::rekeyIke);
            case 9, 10 -> deleteChild(node);
            case 11 -> {
                if (random.nextInt(3) == 0) {
                    deleteIke(node);
                }
            }
            case 12, 13 -> fall(node);
            case 14, 15, 16, 17 -> nodes.forEach(this::reauthenticate);
            default -> nodes.forEach(this::askAhead);
        }
    }

    private void fall(Node node) {
        if (kind == Kind.RESTARTS || kind == Kind.REAUTHENTICATIONS) {
            forgetful = true;
            node.restart(world.now);
        } else if (random.nextInt(3) == 0) {
            forgetful = true;
            traffic.excuseAll();
            node.crash();
        }
    }

    private long ask(Node node, String policy) {
        return node.negotiate(policy, world.now + 8 * SECOND, world.now);
    }

    private void rekeyChild(Node node) {
        for (Session session : List.copyOf(node.sessions)) {
            session.state().children.stream()
                    .filter(ChildState::rekeyable)
                    .findFirst()
                    .ifPresent(c -> node.feed(session, new Event.RekeyChild(c.lineage), world.now));
        }
    }

    private void rekeyIke(Node node) {
        List.copyOf(node.sessions).forEach(s -> node.feed(s, new Event.RekeyIke(), world.now));
    }

    private void reauthenticate(Node node) {
        List.copyOf(node.sessions).forEach(s -> node.feed(s, new Event.Reauthenticate(), world.now));
    }

    private void askAhead(Node node) {
        for (Session session : List.copyOf(node.sessions)) {
            new Burst(world, node, session).begin();
        }
    }

    private void deleteChild(Node node) {
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        for (Session session : List.copyOf(node.sessions)) {
            List<ChildState> children = List.copyOf(session.state().children);
            if (!children.isEmpty()) {
                ChildState child = children.get(random.nextInt(children.size()));
                traffic.excuseDeletion(child.policy);
                node.feed(session, new Event.DeleteChild(child.lineage, reason), world.now);
            }
        }
    }

    private void deleteIke(Node node) {
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        traffic.excuseAll();
        List.copyOf(node.sessions).forEach(s -> node.feed(s, new Event.DeleteIke(reason), world.now));
    }

    // ---- what must hold ----

    /** What one side believes, the other believes too, and nobody holds what nobody needs. */
    private void agree() {
        require(ikeSas(world.a).equals(ikeSas(world.b)), "IKE SAs differ: %s, %s", ikeSas(world.a), ikeSas(world.b));
        require(keys(world.a.outbound).equals(keys(world.b.inbound)), "alice sends by what bob does not have");
        require(keys(world.b.outbound).equals(keys(world.a.inbound)), "bob sends by what alice does not have");
        for (Node node : List.of(world.a, world.b)) {
            tidy(node);
            blameless(node);
        }
    }

    private void tidy(Node node) {
        require(node.door.halfOpen() == 0, "%s counts half-open IKE SAs", node);
        Map<Long, Integer> pairsOf = new HashMap<>();
        for (Session session : node.sessions) {
            require(session.state().phase == Phase.ESTABLISHED, "%s keeps a session %s", node, session.state().phase);
            for (ChildState child : session.state().children) {
                require(child.status == ChildStatus.ACTIVE, "%s keeps a pair %s", node, child.status);
                require(node.inbound.containsKey(child.inboundSpi), "%s lacks SPI %d", node, child.inboundSpi);
                pairsOf.merge(child.lineage.number(), 1, Integer::sum);
            }
        }
        require(pairsOf.values().stream().allMatch(n -> n == 1), "%s has two pairs of one lineage", node);
        require(node.inbound.size() == pairsOf.size(), "%s has SAs that no session knows", node);
        require(forgetful || node.lineages.size() == pairsOf.size(), "%s keeps SPIs that nobody uses", node);
        require(node.checkpoints.size() == node.sessions.size(), "%s keeps checkpoints that nobody needs", node);
    }

    /** Whoever keeps to the protocol is never told that it broke it, and whoever always answers is not dead. */
    private void blameless(Node node) {
        for (Effect.Notice notice : node.notices) {
            Reason reason =
                    switch (notice) {
                        case Effect.IkeDown down -> down.reason();
                        case Effect.IkeFailed failed -> failed.reason();
                        case Effect.ChildDown down -> down.reason();
                        case Effect.ChildFailed failed -> failed.reason();
                        default -> Reason.of(ReasonCode.REKEYED);
                    };
            require(
                    reason.code() != ReasonCode.PEER_PROTOCOL_ERROR && reason.code() != ReasonCode.INTERNAL_ERROR,
                    "%s says: %s",
                    node,
                    reason.text());
            boolean alive = lossless && !forgetful;
            require(!alive || reason.code() != ReasonCode.PEER_DEAD, "%s buries the living: %s", node, reason.text());
        }
    }

    private static List<String> ikeSas(Node node) {
        List<String> all = new ArrayList<>();
        for (Session session : node.sessions) {
            for (IkeSaState sa : session.state().ikeSas) {
                require(sa.role == IkeSaState.Role.CURRENT, "%s keeps an IKE SA %s", node, sa.role);
                all.add(Long.toHexString(sa.initiatorSpi()) + " " + Long.toHexString(sa.responderSpi()));
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

    private void progress() {
        long one = ask(world.a, "p0");
        world.run(5 * SECOND);
        long two = ask(world.b, "p1");
        world.run(5 * SECOND);
        long before = traffic.delivered();
        traffic.start(world.now + 20 * SECOND, TRAFFIC);
        require(world.a.results.get(one) instanceof NegotiationResult.Established, "alice gets no pair any more");
        require(world.b.results.get(two) instanceof NegotiationResult.Established, "bob gets no pair any more");
        rekeyIke(world.a);
        world.run(10 * SECOND);
        rekeyChild(world.b);
        world.run(10 * SECOND);
        require(traffic.delivered() > before, "no packet arrives any more");
    }
}
