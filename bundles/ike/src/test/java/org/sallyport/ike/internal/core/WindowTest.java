package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/** A peer that asks ahead (RFC 7296 section 2.3). */
class WindowTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(7);
    private final Map<Long, byte[]> requests = new HashMap<>();
    private long next;

    @BeforeEach
    void standAPair() {
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        next = sender().nextRequestId;
        world.sent.clear();
    }

    private IkeSaState sender() {
        return world.a.current().orElseThrow();
    }

    /** Sends, perhaps again, the request that is so far ahead; returns the message ids that are answered for it. */
    private List<Long> ask(int ahead) {
        return ask(ahead, List.of());
    }

    private List<Long> ask(int ahead, List<Payload> payloads) {
        byte[] message = requests.computeIfAbsent(next + ahead, id -> {
            sender().nextRequestId = id;
            return new Forgery(sender(), ExchangeType.INFORMATIONAL).encode(payloads);
        });
        int before = world.sent.size();
        Endpoints endpoints = world.a.sessions.getFirst().state().endpoints;
        world.b.receive(
                new Endpoints(/* local= */ endpoints.remote(), /* remote= */ endpoints.local()),
                Bytes.of(message),
                world.now);
        return world.sent.subList(before, world.sent.size()).stream()
                .filter(s -> s.summary().response())
                .map(s -> s.summary().messageId() - next)
                .toList();
    }

    private List<Bytes> answers() {
        return world.sent.stream()
                .filter(s -> s.from() == world.b && s.summary().response())
                .map(World.Sent::message)
                .toList();
    }

    @Test
    void bothSidesTellHowFarAheadTheyMayBeAsked() {
        World fresh = new World(8);
        fresh.a.negotiate("p0", fresh.now + 5 * SECOND, fresh.now);
        fresh.run(SECOND);
        assertThat(fresh.sent.stream().filter(s -> s.summary().payloads().contains("N(SET_WINDOW_SIZE)")))
                .hasSize(2)
                .allMatch(s -> s.summary().exchange().equals("IKE_AUTH"));
    }

    @Test
    void requestsInTheWindowAreAnsweredInAnyOrder() {
        for (int ahead : List.of(3, 0, 7, 1, 2, 6, 5, 4)) {
            assertThat(ask(ahead)).containsExactly((long) ahead);
        }
        assertThat(ask(8)).containsExactly(8L);
    }

    @Test
    void whatLiesBeyondTheWindowIsNotAnswered() {
        assertThat(ask(RequestWindow.SIZE)).isEmpty();
        assertThat(ask(1)).containsExactly(1L);
        assertThat(ask(RequestWindow.SIZE)).as("the first is still missing").isEmpty();
        assertThat(ask(0)).containsExactly(0L);
        assertThat(ask(RequestWindow.SIZE)).containsExactly((long) RequestWindow.SIZE);
    }

    @Test
    void whateverComesAgainIsAnsweredAsBeforeAndDoneOnce() {
        Bytes spi = Bytes.of((byte) 0, (byte) 0, (byte) 0, (byte) 9);
        List<Payload> delete = List.of(new Payload.Delete(ProtocolId.ESP, List.of(spi)));
        ask(5, delete);
        ask(2);
        for (int again = 0; again < 3; again++) {
            assertThat(ask(5)).containsExactly(5L);
            assertThat(ask(2)).containsExactly(2L);
        }
        assertThat(List.copyOf(new java.util.HashSet<>(answers()))).hasSize(2);
    }

    @Test
    void whatWasAnsweredLongAgoIsNotAnsweredAnew() {
        for (int ahead = 0; ahead < 2 * RequestWindow.SIZE; ahead++) {
            ask(ahead);
        }
        assertThat(ask(RequestWindow.SIZE - 1)).as("forgotten").isEmpty();
        assertThat(ask(RequestWindow.SIZE)).containsExactly((long) RequestWindow.SIZE);
        assertThat(receiver().requests.answers()).hasSize(RequestWindow.SIZE);
    }

    @Test
    void theWindowOutlivesItsBundle() {
        ask(4);
        ask(0);
        List<Bytes> before = answers();
        world.b.restart(world.now);
        assertThat(receiver().requests.lowest()).isEqualTo(next + 1);
        world.sent.clear();
        assertThat(ask(4)).containsExactly(4L);
        assertThat(ask(0)).containsExactly(0L);
        assertThat(answers()).isEqualTo(before);
        assertThat(ask(1)).containsExactly(1L);
        assertThat(ask(2)).containsExactly(2L);
    }

    private IkeSaState receiver() {
        return world.b.current().orElseThrow();
    }

    @Test
    void whatComesWhileAnAnswerTakesItsTimeIsAnsweredAfterIt() {
        world.b.slowness = 100 * World.MS;
        assertThat(ask(1)).as("its checkpoint is being stored").isEmpty();
        assertThat(ask(0)).isEmpty();
        assertThat(ask(0)).isEmpty();
        world.run(SECOND);
        assertThat(answers()).hasSize(2);
    }

    @Test
    void whoeverIsNotAuthenticatedAsksStepByStep() {
        World fresh = new World(9);
        fresh.drop = s -> s.summary().exchange().equals("IKE_AUTH");
        fresh.a.negotiate("p0", fresh.now + 5 * SECOND, fresh.now);
        fresh.run(100 * World.MS);
        IkeSaState sa = fresh.a.only().currentSa().orElseThrow().state();
        sa.nextRequestId = 2;
        byte[] ahead = new Forgery(sa, ExchangeType.IKE_AUTH).encode(List.of());
        int before = fresh.sent.size();
        Endpoints endpoints = fresh.a.only().state().endpoints;
        fresh.b.receive(
                new Endpoints(/* local= */ endpoints.remote(), /* remote= */ endpoints.local()),
                Bytes.of(ahead),
                fresh.now);
        assertThat(fresh.sent).hasSize(before);
    }
}
