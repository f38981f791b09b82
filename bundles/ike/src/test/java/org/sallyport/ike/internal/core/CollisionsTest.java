package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;

/**
 * What RFC 7296 says of both sides acting at once (sections 2.8, 2.8.1, 2.8.2 and 2.25): a row for each case, each without
 * a loss and with either side's first request, or its response, lost.
 */
class CollisionsTest {
    private static final long SECOND = 1000 * World.MS;
    private static final Reason ASKED = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");

    /** What one side does. */
    private enum Act {
        REKEY_CHILD,
        DELETE_CHILD,
        CREATE_CHILD,
        REKEY_IKE,
        DELETE_IKE,
        FORGET_CHILD
    }

    /**
     * A case.
     *
     * @param section of RFC 7296
     * @param alice what the original initiator does
     * @param bob what the other does at the same time
     * @param apart milliseconds between them
     * @param ikeSas how many stand in the end
     * @param pairs how many pairs stand in the end
     * @param seen a notify that tells of the collision, where every order of messages has one
     */
    private record Row(String section, Act alice, Act bob, int apart, int ikeSas, int pairs, String seen) {
        @Override
        public String toString() {
            return section + " " + alice + " against " + bob + (apart == 0 ? "" : " " + apart + " ms later");
        }
    }

    private static final List<Row> TABLE = List.of(
            new Row("2.8.1", Act.REKEY_CHILD, Act.REKEY_CHILD, 0, 1, 1, ""),
            new Row("2.8.1", Act.REKEY_CHILD, Act.REKEY_CHILD, 15, 1, 1, ""),
            new Row("2.8.1", Act.REKEY_CHILD, Act.REKEY_CHILD, 25, 1, 1, ""),
            new Row("2.8.2", Act.REKEY_IKE, Act.REKEY_IKE, 0, 1, 1, ""),
            new Row("2.8.2", Act.REKEY_IKE, Act.REKEY_IKE, 15, 1, 1, ""),
            new Row("2.8.2", Act.REKEY_IKE, Act.REKEY_IKE, 25, 1, 1, ""),
            new Row("2.25.1", Act.REKEY_CHILD, Act.DELETE_CHILD, 0, 1, 0, "TEMPORARY_FAILURE"),
            new Row("2.25.1", Act.REKEY_CHILD, Act.DELETE_CHILD, 15, 1, 0, ""),
            new Row("2.25.1", Act.DELETE_CHILD, Act.REKEY_CHILD, 0, 1, 0, "TEMPORARY_FAILURE"),
            new Row("2.25.1", Act.DELETE_CHILD, Act.DELETE_CHILD, 0, 1, 0, ""),
            new Row("2.25.1", Act.REKEY_CHILD, Act.FORGET_CHILD, 0, 1, 0, "CHILD_SA_NOT_FOUND"),
            new Row("2.25.1", Act.DELETE_CHILD, Act.FORGET_CHILD, 0, 1, 0, ""),
            new Row("2.25.2", Act.REKEY_IKE, Act.REKEY_CHILD, 0, 1, 1, "TEMPORARY_FAILURE"),
            new Row("2.25.2", Act.REKEY_CHILD, Act.REKEY_IKE, 0, 1, 1, "TEMPORARY_FAILURE"),
            new Row("2.25.2", Act.REKEY_IKE, Act.CREATE_CHILD, 0, 1, 2, "TEMPORARY_FAILURE"),
            new Row("2.25.2", Act.REKEY_IKE, Act.DELETE_CHILD, 0, 1, 0, "TEMPORARY_FAILURE"),
            new Row("2.25.2", Act.DELETE_IKE, Act.REKEY_IKE, 0, 0, 0, ""),
            new Row("2.25.2", Act.DELETE_IKE, Act.REKEY_IKE, 15, 0, 0, ""),
            new Row("2.25.2", Act.REKEY_IKE, Act.DELETE_IKE, 15, 0, 0, ""),
            new Row("2.25.2", Act.DELETE_IKE, Act.DELETE_IKE, 0, 0, 0, ""),
            new Row("2.25.2", Act.DELETE_IKE, Act.REKEY_CHILD, 0, 0, 0, "TEMPORARY_FAILURE"),
            new Row("2.25.2", Act.DELETE_IKE, Act.DELETE_CHILD, 0, 0, 0, ""),
            new Row("2.25.2", Act.DELETE_IKE, Act.CREATE_CHILD, 0, 0, 0, "TEMPORARY_FAILURE"),
            new Row("2.8", Act.CREATE_CHILD, Act.CREATE_CHILD, 0, 1, 3, ""));

    /** Which message is lost. */
    private enum Loss {
        NONE,
        ALICES_REQUEST,
        BOBS_REQUEST,
        ALICES_RESPONSE,
        BOBS_RESPONSE;

        boolean hits(World.Sent sent, World world) {
            Node from = this == ALICES_REQUEST || this == ALICES_RESPONSE ? world.a : world.b;
            boolean response = this == ALICES_RESPONSE || this == BOBS_RESPONSE;
            return this != NONE && sent.from() == from && sent.summary().response() == response;
        }
    }

    static Stream<Arguments> cases() {
        return TABLE.stream().flatMap(row -> Stream.of(Loss.values()).map(loss -> Arguments.of(row, loss)));
    }

    private World world = new World(500);

    @ParameterizedTest(name = "{0}, lost: {1}")
    @MethodSource("cases")
    void bothSidesAgreeInTheEnd(Row row, Loss loss) {
        for (int seed = 0; seed < 8; seed++) {
            world = new World(500 + seed); // so that either side has the lowest nonce
            collide(row, loss);
        }
    }

    private void collide(Row row, Loss loss) {
        long first = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.a.results.get(first)).isInstanceOf(NegotiationResult.Established.class);
        world.sent.clear();
        world.minDelay = 10 * World.MS;
        world.maxDelay = 11 * World.MS;
        List<World.Sent> lost = new ArrayList<>();
        world.drop = s -> lost.isEmpty() && loss.hits(s, world) && lost.add(s);
        act(world.a, row.alice());
        world.run(row.apart() * World.MS);
        act(world.b, row.bob());
        // whoever lost the response that tells of a redundant IKE SA leaves it to the other's minute of patience
        world.run((row.pairs() == 0 ? 50 : 70) * SECOND);
        assertAgreed(row);
        if (loss == Loss.NONE && !row.seen().isEmpty()) {
            assertThat(notifies()).contains("N(" + row.seen() + ")");
        }
    }

    private void act(Node node, Act act) {
        if (node.sessions.isEmpty()) {
            return;
        }
        Session session = node.only();
        List<ChildState> children = session.state().children;
        switch (act) {
            case REKEY_CHILD -> node.feed(session, new Event.RekeyChild(children.getFirst().lineage), world.now);
            case DELETE_CHILD ->
                node.feed(session, new Event.DeleteChild(children.getFirst().lineage, ASKED), world.now);
            case CREATE_CHILD -> node.negotiate(node == world.a ? "p2" : "p3", world.now + 5 * SECOND, world.now);
            case REKEY_IKE -> node.feed(session, new Event.RekeyIke(), world.now);
            case DELETE_IKE -> node.feed(session, new Event.DeleteIke(ASKED), world.now);
            case FORGET_CHILD -> {
                ChildState child = children.getFirst();
                session.children().drop(child, ASKED);
                node.inbound.remove(child.inboundSpi);
                node.outbound.clear();
                node.lineages.clear();
            }
        }
    }

    private void assertAgreed(Row row) {
        for (Node node : List.of(world.a, world.b)) {
            assertThat(node.sessions).as("IKE SAs of %s", node).hasSize(row.ikeSas());
            assertThat(node.inbound).as("pairs of %s", node).hasSize(row.pairs());
            assertThat(node.outbound).as("pairs of %s", node).hasSize(row.pairs());
            for (Session session : node.sessions) {
                assertThat(session.state().ikeSas).hasSize(1);
                assertThat(session.state().children).allMatch(c -> c.status == ChildStatus.ACTIVE);
            }
        }
        assertThat(world.a.outbound.keySet()).isEqualTo(world.b.inbound.keySet());
        assertThat(world.b.outbound.keySet()).isEqualTo(world.a.inbound.keySet());
        assertThat(world.a.current().map(s -> s.initiatorSpi()))
                .isEqualTo(world.b.current().map(s -> s.initiatorSpi()));
    }

    private List<String> notifies() {
        return world.sent.stream()
                .flatMap(s -> s.summary().payloads().stream())
                .filter(p -> p.startsWith("N("))
                .toList();
    }
}
