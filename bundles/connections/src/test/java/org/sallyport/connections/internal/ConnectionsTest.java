package org.sallyport.connections.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ConnectionControl.Attempt;
import org.sallyport.api.admin.ConnectionNote;
import org.sallyport.api.admin.ConnectionState;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.negotiation.ConnectionEvent.Kind;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;

final class ConnectionsTest {
    private static final Reason DEAD = Reason.of(ReasonCode.PEER_DEAD, "west");
    private static final Reason BY_PEER = Reason.of(ReasonCode.DELETED_BY_PEER, "west");

    // ---- how it stands ----

    @Test
    void onDemandIsConfiguredUntilSomebodyNeedsIt() {
        World world = World.with(Start.ON_DEMAND, "web");

        world.pass(Duration.ofHours(1));

        assertThat(world.asked).isEmpty();
        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().reason()).isEqualTo("waits for a flow that needs it");
    }

    @Test
    void anIkeSaWithoutAnSaIsNotUp() {
        World world = World.with(Start.ON_DEMAND, "web");

        world.ikeUp(1);

        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().ikeSas()).isEqualTo(1);
    }

    @Test
    void anIkeSaWhoseChildFailedIsDegraded() {
        World world = World.with(Start.ON_DEMAND, "web");
        Reason refused = Reason.of(ReasonCode.PEER_REFUSED, "west", "TS_UNACCEPTABLE", "10.0.0.0/8");

        world.ikeUp(1);
        world.tell(Kind.CHILD_FAILED, 1, "web", refused);

        assertThat(world.view().state()).isEqualTo(ConnectionState.DEGRADED);
        assertThat(world.view().reason()).isEqualTo(refused.text());
        world.tell(Kind.CHILD_UP, 1, "web", null);
        assertThat(world.view().state()).isNotEqualTo(ConnectionState.DEGRADED);
    }

    @Test
    void aDeadPeerLeavesItDownAndADeletionDoesNot() {
        World world = World.with(Start.ON_DEMAND, "web");
        world.ikeUp(1);
        world.ikeDown(1, DEAD);
        assertThat(world.view().state()).isEqualTo(ConnectionState.DOWN);
        assertThat(world.view().reason()).isEqualTo(DEAD.text());

        world.ikeUp(2);
        world.ikeDown(2, BY_PEER);

        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().reason()).contains("deleted by peer");
    }

    @Test
    void aPeerThatStartedAnewLeavesNoTrouble() {
        World world = World.with(Start.ON_DEMAND, "web");
        world.ikeUp(1);
        world.ikeUp(2);

        world.ikeDown(1, Reason.of(ReasonCode.PEER_RESTARTED, "west"));

        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        world.ikeDown(2, DEAD);
        assertThat(world.view().state()).isEqualTo(ConnectionState.DOWN);
    }

    @Test
    void anEditThatTakesTheFailedPolicyAwayTakesItsFailureAway() {
        World world = World.with(Start.ON_DEMAND, "web", "mail");
        world.ikeUp(1);
        world.tell(Kind.CHILD_FAILED, 1, "mail", DEAD);
        assertThat(world.view().state()).isEqualTo(ConnectionState.DEGRADED);

        world.policies.removeLast();
        world.connections.configured();

        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().policies()).isEqualTo(1);
    }

    @Test
    void historyTellsEachEndWithItsReasonTheLatestFirst() {
        World world = World.with(Start.ON_DEMAND, "web");

        world.ikeUp(1);
        world.pass(Duration.ofSeconds(5));
        world.tell(Kind.CHILD_DOWN, 1, "web", Reason.of(ReasonCode.UNNEEDED, "60 s"));
        world.ikeDown(1, DEAD);

        List<ConnectionNote> history = world.connections.history("west");
        assertThat(history)
                .extracting(ConnectionNote::what)
                .containsExactly(
                        "IKE SA west[1] ended", "SA west[1] ended under policy \"web\"", "IKE SA west[1] established");
        assertThat(history)
                .extracting(ConnectionNote::reason)
                .containsExactly(DEAD.text(), "nobody used it for 60 s", "");
    }

    @Test
    void historyIsBoundedAndStrangersHaveNone() {
        World world = World.with(Start.ON_DEMAND, "web");
        for (int i = 0; i < 1000; i++) {
            world.tell(Kind.IKE_FAILED, i, null, DEAD);
        }
        assertThat(world.connections.history("west")).hasSize(200);
        assertThat(world.connections.history("stranger")).isEmpty();
    }

    @Test
    void whoeverIsRefusedChangesNoStateAndIsToldOf() {
        World world = World.with(Start.ON_DEMAND, "web");
        Reason unknown = Reason.of(ReasonCode.UNKNOWN_IDENTITY, "mallory.example");

        world.tell(Kind.IKE_REFUSED, 0, null, unknown);

        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().reason()).endsWith("; who came last was refused: " + unknown.text());
        assertThat(world.connections.history("west").getFirst().reason()).isEqualTo(unknown.text());
        world.ikeUp(1);
        world.ikeDown(1, BY_PEER);
        assertThat(world.view().reason()).endsWith(BY_PEER.text());
    }

    @Test
    void thoseWhoAreRefusedDoNotPushOutWhatBecameOfThePeer() {
        World world = World.with(Start.ON_DEMAND, "web");
        world.ikeUp(1);
        for (int i = 0; i < 1000; i++) {
            world.tell(Kind.IKE_REFUSED, 0, null, Reason.of(ReasonCode.UNKNOWN_IDENTITY, "mallory" + i));
        }

        List<ConnectionNote> history = world.connections.history("west");
        assertThat(history).hasSize(51);
        assertThat(history.getFirst().reason()).contains("mallory999");
        assertThat(history.getLast().what()).isEqualTo("IKE SA west[1] established");
    }

    // ---- those that start by themselves ----

    @Test
    void atStartIsNegotiatedAtOnceUnderEveryPolicy() {
        World world = World.with(Start.AT_START, "web", "mail");
        assertThat(world.view().state()).isEqualTo(ConnectionState.DOWN);
        assertThat(world.view().nextTry()).isPresent();

        world.pass(Duration.ofMillis(300));

        assertThat(world.asked).extracting(World.Asked::policy).containsExactly("web", "mail");
        world.establish(world.asked.get(0), 1);
        assertThat(world.view().state()).isEqualTo(ConnectionState.DEGRADED);
        world.establish(world.asked.get(1), 2);
        assertThat(world.view().state()).isEqualTo(ConnectionState.UP);
        assertThat(world.view().reason()).isEqualTo("2 of 2 policies have an SA");
        world.pass(Duration.ofHours(1));
        assertThat(world.asked).hasSize(2);
    }

    @Test
    void nothingIsTriedBeforeTheSadSaidWhatStands() {
        World world = new World();
        world.peers.add(World.peer(Start.AT_START));
        world.policies.add(World.policy("web"));
        world.connections.configured();

        world.pass(Duration.ofMinutes(1));
        assertThat(world.asked).isEmpty();

        world.connections.snapshot(4, List.of(World.pair("web", 9, "active")));
        world.pass(Duration.ofMinutes(1));
        assertThat(world.asked).isEmpty();
    }

    @Test
    void aPeerThatRefusesIsAskedEverMoreRarelyButNeverGivenUp() {
        World world = World.with(Start.AT_START, "web");
        List<Double> waits = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            var before = world.now();
            while (world.asked.size() == i) {
                world.pass(Duration.ofMillis(50));
            }
            waits.add(Duration.between(before, world.now()).toMillis() / 1000.0);
            world.asked.get(i).result().complete(new NegotiationResult.Unreachable(DEAD));
        }

        assertThat(waits.get(1)).isBetween(0.7, 1.35);
        assertThat(waits.get(4)).isBetween(5.9, 10.1);
        assertThat(waits.get(13)).isBetween(225.0, 376.0);
        assertThat(waits).isSubsetOf(waits.stream().filter(w -> w <= 376).toList());
        assertThat(world.view().state()).isEqualTo(ConnectionState.DOWN);
        assertThat(world.view().reason()).isEqualTo(DEAD.text());
    }

    @Test
    void manyThatFellTogetherDoNotRiseTogether() {
        BackOff one = new BackOff(new java.util.Random(1));
        BackOff other = new BackOff(new java.util.Random(2));
        var now = java.time.Instant.EPOCH;
        assertThat(one.next(now)).isNotEqualTo(other.next(now));
    }

    @Test
    void aPeerThatAcceptsAndDeletesIsNotAskedWithoutPause() {
        World world = World.with(Start.AT_START, "web");
        world.pass(Duration.ofMillis(300));
        for (int i = 0; i < 6; i++) {
            World.Asked negotiation = world.asked.getLast();
            int known = world.asked.size();
            world.establish(negotiation, i);
            world.pairGone("web", i);
            world.ikeDown(1, BY_PEER);
            while (world.asked.size() == known) {
                world.pass(Duration.ofMillis(50));
            }
        }
        Duration last =
                Duration.between(world.asked.get(5).at(), world.asked.get(6).at());
        assertThat(last).isGreaterThan(Duration.ofSeconds(10));

        world.establish(world.asked.getLast(), 99);
        world.pass(Duration.ofMinutes(2));
        world.pairGone("web", 99);
        world.pass(Duration.ofMillis(300));
        assertThat(world.asked)
                .as("what stood for a while is tried again at once")
                .hasSize(8);
    }

    @Test
    void aNegotiatorThatComesIsAskedAtOnce() {
        World world = World.with(Start.AT_START, "web");
        world.negotiatorThere = false;
        world.pass(Duration.ofSeconds(20));
        assertThat(world.view().reason()).contains("negotiator \"ikev2\" is not running");

        world.negotiatorThere = true;
        world.connections.negotiatorCame();
        world.pass(Duration.ofSeconds(30));

        assertThat(world.asked).hasSize(1);
    }

    // ---- by hand ----

    @Test
    void byHandWaitsForAnAdministrator() {
        World world = World.with(Start.BY_HAND, "web");
        world.pass(Duration.ofHours(1));
        assertThat(world.asked).isEmpty();

        List<Attempt> ended = new ArrayList<>();
        var unused = world.connections.up("west").thenAccept(ended::addAll);
        world.establish(world.asked.getFirst(), 1);

        assertThat(ended).singleElement().satisfies(a -> {
            assertThat(a.policy()).isEqualTo("web");
            assertThat(a.refusal()).isEmpty();
        });
        assertThat(world.view().state()).isEqualTo(ConnectionState.UP);
    }

    @Test
    void whatIsTakenDownStaysDownUntilItIsBroughtUp() {
        World world = World.with(Start.AT_START, "web");
        world.pass(Duration.ofMillis(300));
        world.establish(world.asked.getFirst(), 1);
        world.ikeSas.add(ikeSa(1));

        assertThat(world.connections.down("west", "administrator ann")).isEqualTo(1);
        assertThat(world.deleted).containsExactly(new IkeSaId(World.WEST, 1));
        world.pairGone("web", 1);
        world.ikeDown(1, Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "administrator ann"));
        world.pass(Duration.ofHours(1));
        assertThat(world.asked).hasSize(1);
        assertThat(world.view().state()).isEqualTo(ConnectionState.CONFIGURED);
        assertThat(world.view().reason()).isEqualTo("taken down by administrator ann");

        var unused = world.connections.up("west");
        assertThat(world.asked).hasSize(2);
        world.establish(world.asked.getLast(), 2);
        assertThat(world.view().state()).isEqualTo(ConnectionState.UP);
    }

    @Test
    void aFlowThatNeedsWhatWasTakenDownBringsItBack() {
        World world = World.with(Start.AT_START, "web", "mail");
        var unused = world.connections.down("west", "administrator ann");

        world.ikeUp(5);
        world.pass(Duration.ofMillis(300));

        assertThat(world.asked).extracting(World.Asked::policy).containsExactly("web", "mail");
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThereAre() {
        World world = World.with(Start.BY_HAND, "web");
        assertThatThrownBy(() -> world.connections.up("wset"))
                .hasMessage("no connection is called \"wset\"; there are: west");
        assertThatThrownBy(() -> World.with(Start.BY_HAND).connections.up("west"))
                .hasMessage("no protect policy names peer \"west\"");
    }

    private static IkeSaView ikeSa(int number) {
        return new IkeSaView(
                new IkeSaId(World.WEST, number),
                "west.example.org",
                "",
                "",
                true,
                "established",
                "",
                "",
                IkeSaView.Addresses.NONE,
                Duration.ZERO,
                Duration.ZERO);
    }
}
