package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.PayloadType;
import org.sallyport.ike.internal.message.ProtocolId;

/**
 * Payloads of real exchanges, damaged, mixed and put where they do not belong, protected with the right keys, from a peer
 * that is authenticated or about to be. Nothing is thrown, nothing grows, and another peer's IKE SA stands.
 *
 * <p>{@code -Dsallyport.fuzz.seconds=N} goes on for so long, with seeds that nobody tried.
 */
class StateMachineFuzzTest {
    private static final long SECOND = 1000 * World.MS;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sallyport.fuzz.seconds", 2));
    private static final int KEPT = 150;
    private static final List<ExchangeType> EXCHANGES = List.of(
            ExchangeType.INFORMATIONAL,
            ExchangeType.CREATE_CHILD_SA,
            ExchangeType.IKE_AUTH,
            ExchangeType.IKE_SA_INIT,
            new ExchangeType(43),
            new ExchangeType(250));

    private Random random = new Random(0);

    @Test
    void anAuthenticatedPeerHarmsNobodyElse() {
        forEachSeed(seed -> {
            World world = new World(seed);
            world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
            world.run(SECOND);
            assertThat(world.b.established()).isEqualTo(1);
            attack(world, world.a.current().orElseThrow(), true);
        });
    }

    @Test
    void aPeerThatIsAboutToAuthenticateItselfHarmsNobody() {
        forEachSeed(seed -> {
            World world = new World(seed);
            world.drop = s -> s.summary().exchange().equals("IKE_AUTH");
            world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
            world.run(100 * World.MS);
            IkeSaState sa = world.a.only().ikeSas().getFirst().state();
            sa.nextRequestId = 1;
            attack(world, sa, false);
            assertThat(world.b.inbound)
                    .as("pairs of a peer that never proved itself")
                    .isEmpty();
            assertThat(world.b.established()).isZero();
        });
    }

    private interface Attempt {
        void run(long seed);
    }

    private void forEachSeed(Attempt attempt) {
        long end = System.nanoTime() + TIME.toNanos();
        long fresh = new Random().nextLong() >>> 1;
        for (long i = 0; i < KEPT || System.nanoTime() < end; i++) {
            long seed = i < KEPT ? i : fresh + i;
            random = new Random(seed);
            try {
                attempt.run(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private void attack(World world, IkeSaState sa, boolean afterwards) {
        world.drop = s -> true; // what the peer says is ours to say
        List<List<Payload>> corpus = corpus();
        for (int i = 0; i < 12; i++) {
            long id = sa.nextRequestId;
            int before = world.sent.size();
            for (byte[] datagram : datagrams(sa, corpus)) {
                deliver(world, datagram);
            }
            world.run(random.nextInt(20) * World.MS);
            boolean answered = world.sent.subList(before, world.sent.size()).stream()
                    .anyMatch(s -> s.from() == world.b
                            && s.summary().response()
                            && s.summary().messageId() == id);
            sa.nextRequestId = answered ? id + 1 : id;
        }
        assertThat(world.b.sessions).hasSizeLessThanOrEqualTo(2);
        assertThat(world.b.inbound).hasSizeLessThanOrEqualTo(16);
        world.run(300 * SECOND);
        assertThat(world.b.sessions).as("sessions of a peer that never answers").isEmpty();
        assertThat(world.b.inbound).isEmpty();
        if (afterwards) {
            goesOn(world);
        }
    }

    private static void goesOn(World world) {
        world.drop = s -> false;
        world.a.crash();
        long number = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(2 * SECOND);
        assertThat(world.a.results.get(number)).isInstanceOf(NegotiationResult.Established.class);
    }

    private void deliver(World world, byte[] datagram) {
        Endpoints at = new Endpoints(
                new InetSocketAddress(world.b.address.getAddress(), 4500),
                new InetSocketAddress(world.a.address.getAddress(), 4500));
        world.b.receive(at, Bytes.of(datagram), world.now);
    }

    private List<byte[]> datagrams(IkeSaState sa, List<List<Payload>> corpus) {
        ExchangeType exchange = EXCHANGES.get(random.nextInt(EXCHANGES.size()));
        boolean response = random.nextInt(8) == 0;
        long id = random.nextInt(6) == 0 ? random.nextInt(4) : sa.nextRequestId;
        IkeHeader header = new IkeHeader(
                sa.initiatorSpi(), sa.responderSpi(), exchange, sa.originalInitiator, response, false, id);
        List<Payload> payloads = mixed(corpus);
        int largest = random.nextInt(4) == 0 ? 120 + random.nextInt(200) : 0xffff;
        // one counter for each message, as a peer that repeats IVs harms only itself
        return Node.cipher(sa)
                .seal(
                        sa.keys().direction(sa.originalInitiator),
                        IvCounter.resume(0x7777, random.nextInt(1 << 30)),
                        header,
                        payloads,
                        largest);
    }

    /** Payloads of several messages, in any order, damaged or not; what cannot be read any more is left out. */
    private List<Payload> mixed(List<List<Payload>> corpus) {
        List<Payload> all = new ArrayList<>(corpus.get(random.nextInt(corpus.size())));
        if (random.nextBoolean()) {
            all.addAll(corpus.get(random.nextInt(corpus.size())));
        }
        for (int i = random.nextInt(3); i > 0 && !all.isEmpty(); i--) {
            switch (random.nextInt(3)) {
                case 0 -> all.remove(random.nextInt(all.size()));
                case 1 -> all.add(all.get(random.nextInt(all.size())));
                default -> all.set(random.nextInt(all.size()), damaged(all.get(random.nextInt(all.size()))));
            }
        }
        return all;
    }

    private Payload damaged(Payload payload) {
        byte[] octets = MessageEncoder.encodePayloads(List.of(payload));
        for (int i = 1 + random.nextInt(3); i > 0 && octets.length > 4; i--) {
            octets[4 + random.nextInt(octets.length - 4)] = (byte) random.nextInt(256);
        }
        try {
            return MessageDecoder.decodePayloads(payload.payloadType(), octets).getFirst();
        } catch (IkeProtocolException e) {
            return new Payload.Unknown(
                    new PayloadType(payload.payloadType().number()), false, Bytes.of(octets, 4, octets.length - 4));
        }
    }

    /** What a peer says in every exchange there is, read off another world; and deletes and notifies of all kinds. */
    private List<List<Payload>> corpus() {
        List<List<Payload>> corpus = new ArrayList<>();
        corpus.add(List.of());
        corpus.add(List.of(Payload.Delete.ikeSa()));
        corpus.add(
                List.of(new Payload.Delete(ProtocolId.ESP, List.of(Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4)))));
        corpus.add(List.of(Payload.Notify.of(new NotifyType(random.nextInt(50)))));
        corpus.add(List.of(Payload.Notify.of(new NotifyType(16384 + random.nextInt(64)))));
        World other = new World(random.nextInt(64));
        List<IkeMessage> heard = new ArrayList<>();
        other.eavesdrop(heard::add);
        other.a.negotiate("p0", other.now + 5 * SECOND, other.now);
        other.run(SECOND);
        other.a.negotiate("p2", other.now + 5 * SECOND, other.now);
        other.run(SECOND);
        other.a.feed(
                other.a.only(),
                new Event.RekeyChild(other.a.only().state().children.getFirst().lineage),
                other.now);
        other.run(SECOND);
        other.b.feed(other.b.only(), new Event.RekeyIke(), other.now);
        other.run(SECOND);
        heard.forEach(m -> corpus.add(m.payloads()));
        return corpus;
    }
}
