package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.Proposal;
import org.sallyport.ike.internal.message.ProtocolId;
import org.sallyport.ike.internal.message.Transform;

/** A flood of first requests: what it costs, and that whoever is genuine gets in. */
class DoorTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(7);
    private int number;

    private void knock(int address) {
        byte[] nonce = new byte[16];
        world.random.nextBytes(nonce);
        byte[] value = new byte[32];
        world.random.nextBytes(value);
        IkeMessage request = new IkeMessage(
                IkeHeader.request(0x5000_0000L + number++, 0, ExchangeType.IKE_SA_INIT, true, 0),
                List.of(
                        new Payload.SecurityAssociation(List.of(new Proposal(
                                1,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(
                                        Transform.of(Transform.ENCR, 20, 128),
                                        Transform.of(Transform.PRF, 5),
                                        Transform.of(Transform.KE, ToyKeyExchange.FIRST))))),
                        new Payload.KeyExchange(ToyKeyExchange.FIRST, Bytes.of(value)),
                        new Payload.Nonce(Bytes.of(nonce))));
        InetSocketAddress source = new InetSocketAddress(
                Addresses.of(new byte[] {10, (byte) (address >> 16), (byte) (address >> 8), (byte) address}), 500);
        world.b.receive(new Endpoints(world.b.address, source), Bytes.of(MessageEncoder.encode(request)), world.now);
    }

    @Test
    void aFloodFromManyAddressesCostsLittleAndLetsTheGenuineIn() {
        world.recording = false;
        int most = 0;
        for (int i = 0; i < 20_000; i++) {
            knock(i);
            most = Math.max(most, world.b.door.halfOpen());
        }
        assertThat(most).isLessThanOrEqualTo(Tuning.DEFAULT.cookieThreshold());
        assertThat(world.b.sessions).hasSizeLessThanOrEqualTo(Tuning.DEFAULT.cookieThreshold());
        long negotiation = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        for (int i = 0; i < 100; i++) {
            world.after(i * World.MS, () -> knock(world.random.nextInt(1 << 24)));
        }
        world.run(SECOND);
        assertThat(world.a.results.get(negotiation)).isInstanceOf(NegotiationResult.Established.class);
        world.run(31 * SECOND);
        assertThat(world.b.door.halfOpen())
                .as("nobody authenticated itself in time")
                .isZero();
        assertThat(world.b.established()).isEqualTo(1);
    }

    @Test
    void anAddressIsAskedForACookieEarlierThanEverybodyIs() {
        for (int i = 0; i < 100; i++) {
            knock(1);
        }
        assertThat(world.b.door.halfOpen()).isEqualTo(Tuning.DEFAULT.cookiePerAddress());
        assertThat(world.sent).hasSize(100);
    }

    @Test
    void whoeverSpoofsTheAddressOfAnotherDoesNotKeepItOut() {
        for (int i = 0; i < 500; i++) {
            knock(0x010000 + i);
        }
        byte[] genuine = world.a.address.getAddress().getAddress();
        InetSocketAddress source = new InetSocketAddress(Addresses.of(genuine), 500);
        for (int i = 0; i < 50; i++) {
            byte[] junk = new byte[64];
            world.random.nextBytes(junk);
            world.b.receive(new Endpoints(world.b.address, source), Bytes.of(junk), world.now);
        }
        long negotiation = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.a.results.get(negotiation)).isInstanceOf(NegotiationResult.Established.class);
    }
}
