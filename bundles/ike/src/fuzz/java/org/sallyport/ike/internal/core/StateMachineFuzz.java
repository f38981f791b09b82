package org.sallyport.ike.internal.core;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.fuzz.FuzzInput;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.PayloadType;

/**
 * Whatever anybody says to a negotiator that has an SA with somebody else: that SA stands, nothing is thrown, nothing grows,
 * and what the talk left behind is gone in time.
 */
public final class StateMachineFuzz {
    private static final long SECOND = 1000 * World.MS;
    private static final int MOST = 12;
    private static final int ALICE = 1;
    private static final List<ExchangeType> EXCHANGES = List.of(
            ExchangeType.INFORMATIONAL,
            ExchangeType.CREATE_CHILD_SA,
            ExchangeType.IKE_AUTH,
            ExchangeType.IKE_SA_INIT);

    private final World world = new World(1);
    private final Node victim = world.third("carol", "192.0.2.3");
    private final FuzzInput in;

    private StateMachineFuzz(byte[] octets) {
        in = new FuzzInput(octets);
        long number = victim.negotiate("third", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        require(victim.results.get(number) instanceof NegotiationResult.Established, "the victim never had an SA");
    }

    /** Datagrams of nobody: to a responder, to one that stands, and to an initiator that waits for its answer. */
    public static void datagrams(byte[] octets) {
        new StateMachineFuzz(octets).strangers();
    }

    /** Sealed messages of a peer, or of one that we called, that is not authenticated yet. */
    public static void beforeAuthentication(byte[] octets) {
        new StateMachineFuzz(octets).halfKnown();
    }

    /** Sealed messages of a peer that is authenticated. */
    public static void afterAuthentication(byte[] octets) {
        new StateMachineFuzz(octets).authenticated();
    }

    private void strangers() {
        boolean standing = (in.u8() & 1) == 0;
        world.drop = s -> s.from() == world.b && !standing && s.endpoints().remote().getAddress().equals(world.a.address.getAddress());
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(standing ? SECOND : 100 * World.MS);
        world.drop = s -> isOf(s, world.a);
        for (int i = 0; i < MOST && in.more(); i++) {
            Node to = (in.u8() & 1) == 0 ? world.b : world.a;
            byte[] datagram = addressed(in.u8(), in.block());
            deliver(to, to == world.a ? world.b : world.a, datagram);
            world.run(World.MS);
        }
        if (standing) {
            require(world.b.sessions.stream().anyMatch(s -> s.peer().map(p -> p.connection().name().equals("to-alice")).orElse(false)), "octets of nobody ended an SA");
        }
        settle(standing);
    }

    /** Octets that know the SPIs, as whoever reads the wire does. */
    private byte[] addressed(int how, byte[] datagram) {
        List<World.Sent> seen = world.sent;
        if ((how & 1) == 0 || datagram.length < 16) {
            return datagram;
        }
        byte[] other = seen.get((how >> 1) % seen.size()).message().toArray();
        System.arraycopy(other, 0, datagram, 0, 16);
        return datagram;
    }

    private void halfKnown() {
        boolean weCalled = (in.u8() & 1) == 1;
        world.drop = s -> s.summary().exchange().equals("IKE_AUTH") && isOf(s, world.a);
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(100 * World.MS);
        talk(weCalled ? world.a : world.b, keys(weCalled ? world.b : world.a), 1);
        require(world.b.sessions.stream().allMatch(s -> s.peer().isEmpty() || !established(s, "to-alice")), "a peer is in that never proved itself");
        require(world.a.established() == 0, "a responder is believed that never proved itself");
        settle(false);
    }

    private static boolean established(Session session, String connection) {
        return session.state().establishedAt != org.sallyport.ike.internal.core.state.ChildState.NEVER
                && session.peer().map(p -> p.connection().name().equals(connection)).orElse(false);
    }

    private void authenticated() {
        int how = in.u8();
        boolean weCalled = (how & 1) == 1;
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        Node to = weCalled ? world.a : world.b;
        Node from = weCalled ? world.b : world.a;
        IkeSaState keys = keys(from);
        world.drop = s -> isOf(s, world.a);
        provoke(to, how >> 1 & 3);
        talk(to, keys, keys.nextRequestId);
        settle(true);
    }

    /** Has our own side ask something, so that what comes may answer it. */
    private void provoke(Node node, int what) {
        Session session = node.sessions.stream()
                .filter(s -> s.peer().map(p -> !p.connection().name().equals("to-carol")).orElse(false))
                .findFirst()
                .orElseThrow();
        switch (what) {
            case 1 -> node.feed(session, new Event.RekeyIke(), world.now);
            case 2 -> node.feed(session, new Event.RekeyChild(session.state().children.getFirst().lineage), world.now);
            case 3 -> node.negotiate(node == world.a ? "p2" : "p1", world.now + 60 * SECOND, world.now);
            default -> {}
        }
    }

    private IkeSaState keys(Node node) {
        return node.sessions.stream()
                .filter(s -> s.state().endpoints.remote().getAddress().equals((node == world.a ? world.b : world.a).address.getAddress()))
                .flatMap(s -> s.state().ikeSas.stream())
                .filter(IkeSaState::agreed)
                .findFirst()
                .orElseThrow();
    }

    private void talk(Node to, IkeSaState keys, long first) {
        long id = first;
        for (int i = 0; i < MOST && in.more(); i++) {
            int how = in.u8();
            Forgery forgery = new Forgery(keys, EXCHANGES.get(how & 3));
            boolean response = (how & 4) != 0;
            int type = in.u8();
            byte[] inner = in.block();
            long number = response ? ourId(to, keys) : id;
            int before = world.sent.size();
            deliver(to, to == world.a ? world.b : world.a, forgery.raw(response, number, new PayloadType(type), inner));
            world.run((how >> 3) * World.MS);
            boolean answered = !response && world.sent.subList(before, world.sent.size()).stream()
                    .anyMatch(s -> s.from() == to && s.summary().response());
            id += answered ? 1 : 0;
        }
        int sessions = world.b.sessions.size() + world.a.sessions.size();
        require(sessions <= 5, "sessions grow: " + sessions);
        require(world.b.inbound.size() <= 2 + MOST && world.a.inbound.size() <= 1 + MOST, "pairs grow");
    }

    /** Returns the id that an answer has to have. */
    private static long ourId(Node to, IkeSaState keys) {
        return to.sessions.stream()
                .flatMap(s -> s.state().ikeSas.stream())
                .filter(s -> s.initiatorSpi() == keys.initiatorSpi())
                .flatMap(s -> s.flight().stream())
                .findFirst()
                .map(f -> f.messageId)
                .orElse(0L);
    }

    private static boolean isOf(World.Sent sent, Node node) {
        return sent.from() == node || sent.endpoints().remote().getAddress().equals(node.address.getAddress());
    }

    private void deliver(Node to, Node from, byte[] datagram) {
        Endpoints at = new Endpoints(
                new InetSocketAddress(to.address.getAddress(), 4500),
                new InetSocketAddress(from.address.getAddress(), 4500));
        to.receive(at, Bytes.of(datagram), world.now);
    }

    /** Nobody answers any more: what there was with the talker is gone, and the other SA stands. */
    private void settle(boolean longer) {
        require(longer || victimStands(), "another peer's SA ended");
        world.run(300 * SECOND);
        require(victimStands(), "another peer's SA ended");
        require(world.b.sessions.size() == ALICE, "sessions are left: " + world.b.sessions.size());
        require(world.b.inbound.size() == 1 && world.a.inbound.isEmpty(), "pairs are left");
        require(world.a.sessions.isEmpty(), "sessions of a are left");
        require(world.b.door.halfOpen() == 0, "something is half-open for ever");
        world.drop = s -> false;
        world.a.crash();
        long number = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(2 * SECOND);
        require(Optional.ofNullable(world.a.results.get(number)).filter(NegotiationResult.Established.class::isInstance).isPresent(), "nobody gets in any more");
    }

    private boolean victimStands() {
        return victim.established() == 1 && victim.inbound.size() == 1 && world.b.inbound.values().stream().anyMatch(h -> h.policy().equals("third"));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
