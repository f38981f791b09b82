package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionCodec;

/** An IKE SA that travels in TCP (RFC 9329). */
class StreamSessionTest {
    private static final long SECOND = 1_000 * World.MS;

    private final World world = new World(9329);
    private final List<Effect> moves = new ArrayList<>();

    @BeforeEach
    void useTcp() {
        world.a.peers.peers.clear();
        world.a.peers.peers.add(
                world.a.peer(world.b).encapsulation(Encapsulation.TCP).build());
        world.b.listeners.add(effect -> {
            if (effect instanceof Effect.MoveStream move && !move.known().equals(move.newer())) {
                moves.add(move);
            }
        });
    }

    private void negotiate() {
        world.a.negotiate("p0", world.now + 100 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.a.results.values()).hasOnlyElementsOfType(NegotiationResult.Established.class);
    }

    private List<World.Sent> requests(String exchange) {
        return world.sent.stream()
                .filter(s -> s.from() == world.a && !s.summary().response())
                .filter(s -> s.summary().exchange().equals(exchange))
                .toList();
    }

    @Test
    void everythingStaysInTheStreamWhateverIsSaidOfTranslators() {
        negotiate();
        assertThat(world.sent).isNotEmpty().allMatch(s -> s.endpoints().tcp());
        assertThat(world.sent.getFirst().summary().payloads())
                .contains("N(NAT_DETECTION_SOURCE_IP)", "N(NAT_DETECTION_DESTINATION_IP)");
        assertThat(world.b.only().state().endpoints.tcp()).isTrue();
        assertThat(world.a.only().state().endpoints.remote().getPort()).isEqualTo(500); // the ports do not float
    }

    @Test
    void nothingIsSentAgainByTheSameConnection() {
        world.drop = s -> s.summary().exchange().equals("IKE_AUTH");
        world.a.negotiate("p0", world.now + 100 * SECOND, world.now);
        world.run(20 * SECOND);
        assertThat(requests("IKE_AUTH")).hasSize(1);
    }

    @Test
    void whatWasUnderWayIsSentAgainByTheNextConnection() {
        world.drop = s -> s.summary().exchange().equals("IKE_AUTH");
        world.a.negotiate("p0", world.now + 100 * SECOND, world.now);
        world.run(3 * SECOND);
        world.drop = s -> false;
        world.a.feed(world.a.only(), new Event.Reopened(), world.now);
        world.run(SECOND);
        assertThat(requests("IKE_AUTH")).hasSize(2);
        assertThat(requests("IKE_AUTH").get(0).message())
                .isEqualTo(requests("IKE_AUTH").get(1).message());
        assertThat(world.a.results.values()).hasOnlyElementsOfType(NegotiationResult.Established.class);
    }

    @Test
    void whoInitiatedIsHeardByTheNextConnectionAtOnce() {
        negotiate();
        world.sent.clear();
        world.a.feed(world.a.only(), new Event.Reopened(), world.now);
        world.run(SECOND);
        assertThat(requests("INFORMATIONAL")).hasSize(1);
    }

    @Test
    void aPeerThatDoesNotAnswerIsGivenUpInTheSameTime() {
        world.drop = s -> true;
        long began = world.now;
        world.a.negotiate("p0", world.now + 1000 * SECOND, world.now);
        world.run(200 * SECOND);
        assertThat(requests("IKE_SA_INIT")).hasSize(1);
        assertThat(world.a.results.values()).hasOnlyElementsOfType(NegotiationResult.Unreachable.class);
        assertThat(Duration.ofNanos(world.now - began)).isGreaterThan(Duration.ofSeconds(63));
    }

    @Test
    void anAuthenticatedMessageByAnotherStreamMovesAndAnOldOneDoesNot() {
        negotiate();
        Endpoints before = world.b.only().state().endpoints;
        Endpoints other = new Endpoints(
                before.local(), new InetSocketAddress(Addresses.parse("192.0.2.77"), 40_000), /* tcp= */ true);
        World.Sent old = requests("IKE_AUTH").getFirst();
        world.b.receive(other, old.message(), world.now);
        assertThat(moves).isEmpty();

        world.drop = s -> s.from() == world.a;
        world.a.feed(world.a.only(), new Event.Reopened(), world.now);
        world.b.receive(other, requests("INFORMATIONAL").getFirst().message(), world.now);
        assertThat(moves).containsExactly(new Effect.MoveStream(before, other, /* proven= */ true));
        assertThat(world.b.only().state().endpoints).isEqualTo(before);
    }

    private static byte[] spi(World.Sent request) {
        return Arrays.copyOf(request.message().toArray(), Long.BYTES);
    }

    private void fallBack(boolean wanted) {
        world.a.peers.peers.clear();
        world.a.peers.peers.add(world.a.peer(world.b).tcpFallback(wanted).build());
        world.drop = s -> !s.endpoints().tcp();
        world.a.negotiate("p0", world.now + 100 * SECOND, world.now);
        world.run(6 * SECOND);
    }

    @Test
    void whereUdpGetsNoAnswerTcpIsTriedWithAnotherSpi() {
        fallBack(true);
        assertThat(world.a.results.values()).hasOnlyElementsOfType(NegotiationResult.Established.class);
        List<World.Sent> all = requests("IKE_SA_INIT");
        assertThat(all.stream().map(s -> s.endpoints().tcp())).containsExactly(false, false, false, true);
        assertThat(spi(all.get(3))).isNotEqualTo(spi(all.get(0)));
        assertThat(world.a.only().state().endpoints.tcp()).isTrue();
    }

    @Test
    void nobodyTriesTcpWhoIsNotTold() {
        fallBack(false);
        assertThat(world.sent).isNotEmpty().noneMatch(s -> s.endpoints().tcp());
    }

    @Test
    void anAnswerByUdpIsEnough() {
        world.a.peers.peers.clear();
        world.a.peers.peers.add(world.a.peer(world.b).tcpFallback(true).build());
        negotiate();
        assertThat(world.sent).noneMatch(s -> s.endpoints().tcp());
    }

    @Test
    void aCheckpointKnowsTheStream() {
        negotiate();
        try (var secret = SessionCodec.encode(world.a.only().state())) {
            assertThat(SessionCodec.decode(secret).endpoints)
                    .isEqualTo(world.a.only().state().endpoints);
        }
        assertThat(world.a.only().state().phase).isEqualTo(Phase.ESTABLISHED);
    }
}
