package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.PayloadType;

/** A million messages that are none of the peer's making, into a negotiator with a living SA: nothing happens. */
class CorruptionTest {
    private static final long SECOND = 1000 * World.MS;
    private static final int MESSAGES = 1_000_000;

    private final World world = new World(11);

    @Test
    void aMillionCorruptedMessagesChangeNothing() {
        long negotiation = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        world.a.feed(world.a.only(), new Event.RekeyIke(), world.now);
        world.run(SECOND);
        assertThat(world.a.results.get(negotiation)).isInstanceOf(NegotiationResult.Established.class);
        List<World.Sent> genuine = List.copyOf(world.sent);
        world.recording = false;
        Random random = new Random(99);
        long memory = usedMemory();
        for (int i = 0; i < MESSAGES; i++) {
            World.Sent one = genuine.get(random.nextInt(genuine.size()));
            Node to = one.from() == world.a ? world.b : world.a;
            byte[] message = corrupted(one.message().toArray(), random);
            to.receive(arrival(to, one, random), Bytes.of(message), world.now);
            if (i % 10_000 == 0) {
                world.run(World.MS);
            }
        }
        assertThat(usedMemory() - memory).isLessThan(64L << 20);
        assertThat(world.a.current()).isPresent();
        assertThat(world.b.current()).isPresent();
        assertThat(world.a.inbound).hasSize(1);
        assertThat(world.b.inbound).hasSize(1);
        long another = world.b.negotiate("p1", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.b.results.get(another)).isInstanceOf(NegotiationResult.Established.class);
        world.run(60 * SECOND);
        assertThat(world.a.established()).isEqualTo(1);
        assertThat(world.b.established()).isEqualTo(1);
    }

    private Endpoints arrival(Node to, World.Sent one, Random random) {
        Node from = one.from();
        InetSocketAddress source = random.nextInt(4) == 0
                ? new InetSocketAddress(Addresses.of(new byte[] {10, 0, 0, (byte) random.nextInt(256)}), 4500)
                : new InetSocketAddress(
                        from.address.getAddress(), one.endpoints().local().getPort());
        return new Endpoints(
                new InetSocketAddress(
                        to.address.getAddress(), one.endpoints().remote().getPort()),
                source);
    }

    private static byte[] corrupted(byte[] message, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(message, random.nextInt(message.length));
            case 1 -> Arrays.copyOf(message, message.length + 1 + random.nextInt(64));
            case 2 -> message; // replayed as it was
            case 3 -> {
                byte[] junk = new byte[random.nextInt(200)];
                random.nextBytes(junk);
                yield junk;
            }
            case 4 -> {
                message[random.nextInt(Math.min(28, message.length))] ^= (byte) (1 << random.nextInt(8));
                yield message;
            }
            default -> {
                int flips = 1 + random.nextInt(8);
                for (int i = 0; i < flips; i++) {
                    message[28 + random.nextInt(message.length - 28)] = (byte) random.nextInt();
                }
                yield message;
            }
        };
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** What only an authenticated peer can do: send nonsense that is protected. */
    @Test
    void protectedNonsenseEndsItsOwnIkeSaAtMost() {
        Random random = new Random(5);
        List<ExchangeType> exchanges =
                List.of(ExchangeType.INFORMATIONAL, ExchangeType.CREATE_CHILD_SA, ExchangeType.IKE_AUTH);
        List<PayloadType> types = new ArrayList<>();
        for (int type = 33; type <= 54; type++) {
            types.add(new PayloadType(type));
        }
        for (int seed = 0; seed < 400; seed++) {
            World mad = new World(1000 + seed);
            mad.a.negotiate("p0", mad.now + 5 * SECOND, mad.now);
            mad.run(SECOND);
            for (int i = 0; i < 20 && mad.b.established() == 1; i++) {
                byte[] inner = new byte[random.nextInt(120)];
                random.nextBytes(inner);
                if (inner.length > 4) {
                    inner[0] = (byte) (random.nextBoolean() ? 0 : 33 + random.nextInt(22));
                    inner[1] = 0;
                    inner[2] = 0;
                    inner[3] = (byte) (random.nextBoolean() ? inner.length : random.nextInt(128));
                }
                PayloadType first = types.get(random.nextInt(types.size()));
                mad.forge(mad.a, exchanges.get(random.nextInt(3)), f -> f.raw(first, inner));
                mad.run(World.MS);
            }
        }
    }
}
