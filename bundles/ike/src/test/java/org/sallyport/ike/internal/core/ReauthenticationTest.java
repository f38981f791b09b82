package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.Uniqueness;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;

/** One IKE SA takes over from another (RFC 7296 sections 2.4 and 2.8.3, RFC 4478, RFC 6023). */
class ReauthenticationTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(11);
    private final Traffic traffic = new Traffic(world);

    private NegotiationResult negotiate(Node node, String policy) {
        long number = node.negotiate(policy, world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        return Optional.ofNullable(node.results.get(number)).orElseThrow();
    }

    private void established(String policy) {
        assertThat(negotiate(world.a, policy)).isInstanceOf(NegotiationResult.Established.class);
    }

    private static void peer(Node node, PadEntry.Builder entry) {
        node.peers.peers.set(0, entry.build());
    }

    private void reauthenticate() {
        world.a.feed(world.a.sessions.getFirst(), new Event.Reauthenticate(), world.now);
    }

    private static List<ReasonCode> ends(Node node) {
        return node.notices.stream()
                .flatMap(n -> n instanceof Effect.IkeDown down
                        ? Stream.of(down.reason().code())
                        : Stream.empty())
                .toList();
    }

    private void assertOne(int pairs) {
        for (Node node : List.of(world.a, world.b)) {
            assertThat(node.sessions).as("IKE SAs of %s", node).hasSize(1);
            assertThat(node.inbound).as("pairs of %s", node).hasSize(pairs);
            assertThat(node.checkpoints).hasSize(1);
        }
        assertThat(world.a.outbound.keySet()).isEqualTo(world.b.inbound.keySet());
        assertThat(world.b.outbound.keySet()).isEqualTo(world.a.inbound.keySet());
    }

    @Test
    void theNewOneStandsBeforeTheOldOneGoesAndNoPacketIsLost() {
        established("p0");
        established("p1");
        established("p2");
        long before = world.a.current().orElseThrow().initiatorSpi();
        world.minDelay = 10 * World.MS;
        world.maxDelay = 50 * World.MS;
        traffic.start(world.now + 20 * SECOND, 5 * World.MS);
        world.run(SECOND);
        reauthenticate();
        world.run(25 * SECOND);
        assertThat(traffic.delivered()).isGreaterThan(20_000);
        assertOne(3);
        assertThat(world.a.current().orElseThrow().initiatorSpi()).isNotEqualTo(before);
        assertThat(ends(world.a)).containsExactly(ReasonCode.REAUTHENTICATED);
        assertThat(ends(world.b)).containsExactly(ReasonCode.REAUTHENTICATED);
    }

    @Test
    void theTimeComesByItself() {
        peer(world.a, world.a.peer(world.b).reauthenticationTime(Duration.ofMinutes(10)));
        established("p0");
        long before = world.a.current().orElseThrow().initiatorSpi();
        world.run(8 * 60 * SECOND);
        assertThat(world.a.current().orElseThrow().initiatorSpi()).isEqualTo(before);
        world.run(3 * 60 * SECOND);
        assertThat(world.a.current().orElseThrow().initiatorSpi()).isNotEqualTo(before);
        assertOne(1);
    }

    @Test
    void theLifetimeOfTheProofIsKept() {
        peer(world.b, world.b.peer(world.a).authenticationLifetime(Duration.ofMinutes(5)));
        established("p0");
        traffic.start(world.now + 3600 * SECOND, SECOND);
        world.run(3600 * SECOND);
        assertThat(ends(world.a)).hasSizeGreaterThan(10).containsOnly(ReasonCode.REAUTHENTICATED);
        assertOne(1);
    }

    @Test
    void anIkeSaWithoutChildSasIsChildlessAnew() {
        established("p0");
        Session session = world.a.only();
        session.state().children.clear();
        world.b.only().state().children.clear();
        world.sent.clear();
        reauthenticate();
        world.run(SECOND);
        assertThat(world.sent)
                .filteredOn(s -> s.summary().exchange().equals("IKE_AUTH"))
                .hasSize(2)
                .allMatch(s -> !s.summary().payloads().contains("SA"));
        assertThat(ends(world.a)).containsExactly(ReasonCode.REAUTHENTICATED);
        assertThat(world.a.established()).isEqualTo(1);
    }

    @Test
    void whatCannotBeReachedIsTriedAgainAndTheOldOneStays() {
        established("p0");
        world.drop = s -> s.summary().exchange().equals("IKE_SA_INIT");
        reauthenticate();
        world.run(70 * SECOND);
        assertThat(world.a.established()).isEqualTo(1);
        world.drop = s -> false;
        world.run(120 * SECOND);
        assertThat(ends(world.a)).containsExactly(ReasonCode.REAUTHENTICATED);
        assertOne(1);
    }

    @Test
    void theBundlesAreReplacedMeanwhile() {
        established("p0");
        established("p1");
        world.minDelay = 20 * World.MS;
        world.maxDelay = 21 * World.MS;
        reauthenticate();
        world.run(90 * World.MS);
        assertThat(world.a.established()).isEqualTo(2);
        world.a.restart(world.now);
        world.b.restart(world.now);
        world.run(120 * SECOND);
        assertOne(2);
    }

    // ---- what is under way when the answer that makes the new one is lost ----

    private void loseAnswers(Node node, String exchange) {
        world.drop = s -> s.from() == node
                && s.summary().response()
                && s.summary().exchange().equals(exchange);
    }

    @Test
    void theOldOneCarriesOnWhileItIsRekeyed() {
        established("p0");
        loseAnswers(world.b, "IKE_AUTH");
        reauthenticate();
        world.run(SECOND);
        assertThat(world.b.established()).isEqualTo(2);
        world.a.feed(world.a.sessions.getFirst(), new Event.RekeyIke(), world.now);
        world.run(SECOND);
        assertThat(world.b.outbound).as("by which the peer is sure to receive").hasSize(1);
        world.drop = s -> false;
        world.run(20 * SECOND);
        assertOne(1);
    }

    @Test
    void whatIsDeletedBeforeItIsKnownIsMadeAgainBeforeTheOldOneGoes() {
        established("p0");
        established("p1");
        loseAnswers(world.b, "CREATE_CHILD_SA");
        reauthenticate();
        world.run(SECOND);
        Session heir = world.b.sessions.getLast();
        ChildSaId pair = heir.state().children.getLast().lineage;
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        world.b.feed(heir, new Event.DeleteChild(pair, reason), world.now);
        world.run(SECOND);
        world.drop = s -> false;
        world.run(20 * SECOND);
        assertThat(ends(world.a)).containsExactly(ReasonCode.REAUTHENTICATED);
        assertOne(2);
    }

    @Test
    void whoIsAskedHearsThatItsAnswerCameBeforeTheOldOneGoes() {
        established("p0");
        world.sent.clear();
        reauthenticate();
        world.run(5 * SECOND);
        assertThat(world.sent)
                .filteredOn(s -> s.from() == world.a && s.summary().exchange().equals("INFORMATIONAL"))
                .extracting(s -> s.summary().payloads())
                .containsExactly(List.of(), List.of("D(IKE)"));
        assertOne(1);
    }

    @Test
    void anEndThatIsRememberedAsAnsweredIsOne() {
        established("p0");
        world.b.slowness = SECOND;
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
        world.a.feed(world.a.only(), new Event.DeleteIke(reason), world.now);
        world.run(2 * World.MS);
        world.b.restart(world.now);
        assertThat(world.b.sessions).isEmpty();
        world.run(15 * SECOND);
        assertThat(world.a.sessions).isEmpty();
    }

    @Test
    void whoDoesNotHaveTheSuccessorYetIsNotDead() {
        established("p0");
        loseAnswers(world.b, "CREATE_CHILD_SA");
        world.a.feed(world.a.only(), new Event.RekeyIke(), world.now);
        world.run(100 * World.MS);
        ChildSaId pair = world.b.only().state().children.getFirst().lineage;
        world.b.feed(world.b.only(), new Event.RekeyChild(pair), world.now);
        world.run(3 * SECOND);
        world.drop = s -> false;
        world.run(20 * SECOND);
        assertThat(ends(world.b)).isEmpty();
        assertOne(1);
    }

    // ---- uniqueness ----

    /** The initiator forgets what it has, and comes again without saying so. */
    private void comeAgain() {
        world.a.sessions.clear();
        world.a.bySpi.clear();
        world.a.inbound.clear();
        world.a.outbound.clear();
        world.a.checkpoints.clear();
        world.a.silentContact = true;
    }

    private void unique(Uniqueness uniqueness) {
        peer(world.b, world.b.peer(world.a).uniqueness(uniqueness).deadPeerInterval(Duration.ZERO));
        established("p0");
        world.run(SECOND);
        comeAgain();
    }

    @Test
    void twoStandUnlessTheConfigurationSaysOtherwise() {
        unique(Uniqueness.NO);
        established("p0");
        world.run(30 * SECOND);
        assertThat(world.b.established()).isEqualTo(2);
    }

    @Test
    void theNewOneReplacesTheOldOne() {
        unique(Uniqueness.REPLACE);
        established("p0");
        assertThat(world.b.established()).as("not before the peer could end it").isEqualTo(2);
        world.run(30 * SECOND);
        assertThat(world.b.established()).isEqualTo(1);
        assertThat(ends(world.b)).containsExactly(ReasonCode.SUPERSEDED);
    }

    @Test
    void theOldOneIsKept() {
        unique(Uniqueness.KEEP);
        NegotiationResult result = negotiate(world.a, "p0");
        assertThat(((NegotiationResult.Refused) result).reason().code())
                .isEqualTo(ReasonCode.PEER_REFUSED_AUTHENTICATION);
        assertThat(world.b.established()).isEqualTo(1);
        world.a.silentContact = false;
        established("p0");
        assertThat(world.b.established()).as("its only one").isEqualTo(1);
        assertThat(ends(world.b)).containsExactly(ReasonCode.PEER_RESTARTED);
    }

    @Test
    void severalShareAnIdentity() {
        unique(Uniqueness.NEVER);
        world.a.silentContact = false;
        established("p0");
        world.run(30 * SECOND);
        assertThat(world.b.established()).isEqualTo(2);
        assertThat(ends(world.b)).isEmpty();
    }
}
