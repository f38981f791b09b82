package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.sa.Encapsulation;

/** Whether ESP goes in UDP: what both sides want, and what is between them (RFC 7296 section 2.23). */
class EncapsulationTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(23);

    private void wanting(Encapsulation alice, Encapsulation bob) {
        world.a.peers.peers.set(0, world.a.peer(world.b).encapsulation(alice).build());
        world.b.peers.peers.set(0, world.b.peer(world.a).encapsulation(bob).build());
    }

    private void connect() {
        long number = world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        world.run(20 * SECOND);
        assertThat(Optional.ofNullable(world.a.results.get(number)))
                .containsInstanceOf(NegotiationResult.Established.class);
    }

    private static boolean inUdp(Node node) {
        return node.only().state().inUdp();
    }

    private static List<Effect.UdpNonetheless> told(Node node) {
        return node.notices.stream()
                .filter(Effect.UdpNonetheless.class::isInstance)
                .map(Effect.UdpNonetheless.class::cast)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "UDP, UDP, true, false, false",
        "RAW, UDP, true, true, false",
        "UDP, RAW, true, false, true",
        "RAW, RAW, false, false, false",
    })
    void oneSideThatWantsUdpIsEnough(
            Encapsulation alice, Encapsulation bob, boolean inUdp, boolean aliceIsTold, boolean bobIsTold) {
        wanting(alice, bob);
        connect();
        assertThat(inUdp(world.a)).isEqualTo(inUdp);
        assertThat(inUdp(world.b)).isEqualTo(inUdp);
        assertThat(told(world.a)).hasSize(aliceIsTold ? 1 : 0);
        assertThat(told(world.b)).hasSize(bobIsTold ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void whatTranslatesAddressesIsFoundAndTold(boolean aliceBehindNat, boolean bobBehindNat) {
        wanting(Encapsulation.RAW, Encapsulation.RAW);
        if (aliceBehindNat) {
            world.translated.put(world.a, Addresses.parse("203.0.113.1"));
            world.b.peers.peers.set(
                    0,
                    world.b
                            .peer(world.a)
                            .encapsulation(Encapsulation.RAW)
                            .remoteAddress(Addresses.parse("203.0.113.1"))
                            .build());
        }
        if (bobBehindNat) {
            world.translated.put(world.b, Addresses.parse("203.0.113.2"));
            world.a.peers.peers.set(
                    0,
                    world.a
                            .peer(world.b)
                            .encapsulation(Encapsulation.RAW)
                            .remoteAddress(Addresses.parse("203.0.113.2"))
                            .build());
        }
        connect();
        for (Node node : List.of(world.a, world.b)) {
            assertThat(inUdp(node)).isTrue();
            Effect.UdpNonetheless told = told(node).getFirst();
            assertThat(told.weBehindNat()).isEqualTo(node == world.a ? aliceBehindNat : bobBehindNat);
            assertThat(told.peerBehindNat()).isEqualTo(node == world.a ? bobBehindNat : aliceBehindNat);
        }
    }

    @Test
    void whoeverResumesGoesOnWithoutUdp() {
        wanting(Encapsulation.RAW, Encapsulation.RAW);
        connect();
        world.a.restart(world.now);
        world.run(20 * SECOND);
        assertThat(inUdp(world.a)).isFalse();
    }

    /** A responder learns who it is only later: until then it speaks for each that it may be. */
    @Test
    void aResponderIsSilentAboutUdpOnlyWhereNobodyWantsIt() {
        wanting(Encapsulation.RAW, Encapsulation.RAW);
        world.b.peers.peers.add(world.b
                .peer(world.a)
                .remoteIdentity(Identity.parse("somebody.else"))
                .build());
        connect();
        assertThat(inUdp(world.a)).isTrue();
        assertThat(inUdp(world.b)).isTrue();
    }
}
