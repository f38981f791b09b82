package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.policy.Sharing;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Share;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.SessionCodec;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.Proposal;
import org.sallyport.ike.internal.message.ProtocolId;

/** Child SAs beside others, for the same selectors (RFC 9611): made on demand, refused, bounded, rekeyed, kept. */
class SharesTest {
    private static final long SECOND = 1000 * World.MS;
    private static final Sharing BY_DSCP = new Sharing(List.of(Set.of(46), Set.of(34, 36)), false);

    private final World world = new World(9611);
    private final List<IkeMessage> seen = new ArrayList<>();

    @BeforeEach
    void standAPair() {
        world.eavesdrop(seen::add);
        for (Node node : List.of(world.a, world.b)) {
            node.peers.policies.replaceAll(
                    p -> p.toBuilder(p.name(), p.action()).sharing(BY_DSCP).build());
        }
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(5 * SECOND);
        assertThat(children(world.a)).hasSize(1);
    }

    private static List<ChildState> children(Node node) {
        return node.only().state().children.stream()
                .filter(c -> c.status == ChildStatus.ACTIVE)
                .toList();
    }

    private static ChildState ordinary(Node node) {
        return children(node).stream()
                .filter(c -> c.share.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> numbers(Node node) {
        return children(node).stream()
                .flatMap(c -> c.share.stream())
                .map(Share::number)
                .toList();
    }

    private static Share share(Node node, int number) {
        return new Share(number, ordinary(node).lineage);
    }

    private void want(Node node, int number) {
        node.feed(node.only(), new Event.ShareChild(share(node, number)), world.now);
    }

    private long requests() {
        return seen.stream()
                .filter(m -> !m.header().response())
                .filter(m -> m.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA))
                .count();
    }

    @Test
    void oneStandsBesideTheOrdinaryOneForTheSameSelectors() {
        want(world.a, 2);
        world.run(5 * SECOND);
        assertThat(numbers(world.a)).containsExactly(2);
        assertThat(numbers(world.b))
                .as("the responder gives it the first that is free")
                .containsExactly(1);
        for (Node node : List.of(world.a, world.b)) {
            ChildState beside = children(node).getLast();
            assertThat(beside.share.map(Share::fallback)).contains(ordinary(node).lineage);
            assertThat(beside.lineage).isNotEqualTo(ordinary(node).lineage);
            assertThat(beside.selectors).isEqualTo(ordinary(node).selectors);
        }
        assertThat(seen.stream()
                        .flatMap(m -> m.notify(NotifyType.SA_RESOURCE_INFO).stream())
                        .map(Payload.Notify::data))
                .as("first pair, its answer, further pair, its answer")
                .containsExactly(Bytes.EMPTY, Bytes.EMPTY, Bytes.ofHex("00000002"), Bytes.EMPTY);
    }

    @Test
    void itIsAskedForOnceHoweverOftenItIsWanted() {
        want(world.a, 1);
        want(world.a, 1);
        want(world.a, 2);
        world.run(5 * SECOND);
        want(world.a, 1);
        world.run(5 * SECOND);
        assertThat(numbers(world.a)).containsExactlyInAnyOrder(1, 2);
        assertThat(requests()).isEqualTo(2);
    }

    /** Packets of both directions often come together: who made the ordinary pair goes first. */
    @Test
    void whoAnsweredLetsTheOtherGoFirst() {
        want(world.b, 1);
        want(world.a, 1);
        world.run(5 * SECOND);
        assertThat(requests()).isEqualTo(1);
        want(world.b, 2);
        world.run(5 * SECOND);
        assertThat(requests()).isEqualTo(2);
        assertThat(numbers(world.b)).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void aPeerThatRefusesIsLeftAlone() {
        world.b.peers.policies.clear();
        want(world.a, 1);
        world.run(5 * SECOND);
        assertThat(numbers(world.a)).isEmpty();
        assertThat(seen.getLast().notify(NotifyType.TS_UNACCEPTABLE)).isPresent();
        want(world.a, 1);
        want(world.a, 2);
        world.run(5 * SECOND);
        assertThat(requests()).isEqualTo(1);
        assertThat(children(world.a)).as("the ordinary one goes on").hasSize(1);
        world.run(Shares.REFUSED.toNanos());
        want(world.a, 1);
        world.run(5 * SECOND);
        assertThat(requests()).as("after an hour it is asked again").isEqualTo(2);
    }

    @Test
    void aPeerThatIsBusyIsAskedAgain() {
        ordinary(world.b).status = ChildStatus.INSTALLED;
        want(world.a, 1);
        world.run(2 * SECOND);
        assertThat(seen.getLast().notify(NotifyType.TEMPORARY_FAILURE)).isPresent();
        world.b.only().state().children.getFirst().status = ChildStatus.ACTIVE;
        want(world.a, 1);
        world.run(2 * SECOND);
        assertThat(numbers(world.a)).containsExactly(1);
    }

    @Test
    void thereAreOnlySoMany() {
        for (int number = 1; number <= Share.MOST; number++) {
            want(world.a, number);
        }
        world.run(30 * SECOND);
        assertThat(numbers(world.b)).hasSize(Share.MOST);
        IkeMessage answer = again().getFirst();
        assertThat(answer.firstError().map(Payload.Notify::type)).contains(NotifyType.TS_MAX_QUEUE);
        assertThat(numbers(world.b)).hasSize(Share.MOST);
        assertThat(children(world.b)).hasSize(Share.MOST + 1);
    }

    /** Asks for what was asked for last, as a peer would that has no bound. */
    private List<IkeMessage> again(Payload... more) {
        List<Payload> payloads = new ArrayList<>(seen.stream()
                .filter(m -> !m.header().response()
                        && m.notify(NotifyType.SA_RESOURCE_INFO).isPresent()
                        && m.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA))
                .reduce((first, second) -> second)
                .orElseThrow()
                .payloads());
        payloads.replaceAll(p -> p instanceof Payload.SecurityAssociation offer ? anew(offer) : p);
        payloads.addAll(Arrays.asList(more));
        return world.forge(world.a, ExchangeType.CREATE_CHILD_SA, payloads);
    }

    private static Payload anew(Payload.SecurityAssociation offer) {
        return new Payload.SecurityAssociation(offer.proposals().stream()
                .map(p -> new Proposal(p.number(), p.protocol(), Bytes.ofHex("0badcafe"), p.transforms()))
                .toList());
    }

    /** What a peer calls its resource is nothing to us, however long that is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 64, 900})
    void anyIdentifierOfAResourceIsTaken(int octets) {
        want(world.a, 1);
        world.run(2 * SECOND);
        IkeMessage answer = again(new Payload.Notify(
                        ProtocolId.NONE, Bytes.EMPTY, NotifyType.SA_RESOURCE_INFO, Bytes.of(new byte[octets])))
                .getFirst();
        assertThat(answer.firstError()).isEmpty();
        assertThat(numbers(world.b)).containsExactly(1, 2);
    }

    @Test
    void oneBesideNothingIsOrdinary() {
        want(world.a, 1);
        world.run(2 * SECOND);
        world.b.feed(
                world.b.only(),
                new Event.DeleteChild(ordinary(world.b).lineage, Reason.of(ReasonCode.CANCELLED)),
                world.now);
        world.run(30 * SECOND);
        again();
        assertThat(children(world.b).getLast().share).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuccessorHasTheShareOfItsPredecessor(boolean byInitiator) {
        want(world.a, 2);
        world.run(5 * SECOND);
        Node node = byInitiator ? world.a : world.b;
        ChildState old = children(node).getLast();
        Share before = old.share.orElseThrow();
        node.feed(node.only(), new Event.RekeyChild(old.lineage), world.now);
        node.feed(node.only(), new Event.RekeyChild(ordinary(node).lineage), world.now);
        world.run(30 * SECOND);
        ChildState now = children(node).stream()
                .filter(c -> c.lineage.equals(old.lineage))
                .findFirst()
                .orElseThrow();
        assertThat(now.inboundSpi).isNotEqualTo(old.inboundSpi);
        assertThat(now.share).contains(before);
        assertThat(ordinary(node).lineage).isEqualTo(before.fallback());
        assertThat(numbers(world.a)).containsExactly(2);
        assertThat(numbers(world.b)).containsExactly(1);
    }

    @Test
    void aCheckpointKeepsShares() {
        want(world.a, 2);
        world.run(5 * SECOND);
        try (SecretBytes kept = SessionCodec.encode(world.a.only().state())) {
            assertThat(SessionCodec.decode(kept).children.stream().map(c -> c.share))
                    .containsExactly(Optional.empty(), Optional.of(share(world.a, 2)));
        }
    }

    @Test
    void aCheckpointKeepsWhatIsAskedFor() {
        want(world.a, 2);
        SessionState state = world.a.only().state();
        try (SecretBytes kept = SessionCodec.encode(state)) {
            SessionState again = SessionCodec.decode(kept);
            assertThat(again.ikeSas.getFirst().flight().orElseThrow().task)
                    .isInstanceOfSatisfying(
                            TaskRecord.Child.class, c -> assertThat(c.share()).contains(share(world.a, 2)));
        }
        world.a.restart(world.now);
        world.run(10 * SECOND);
        assertThat(numbers(world.a)).containsExactly(2);
    }

    /** A version without shares: each pair has one octet less, and so has each request for one. */
    @Test
    void aCheckpointOfTheVersionBeforeIsRead() {
        SessionState state = world.a.only().state();
        try (SecretBytes kept = SessionCodec.encode(state)) {
            byte[] now = kept.use(bytes -> bytes.clone());
            int after = 7 * Short.BYTES; // what follows the last pair: lists, all of them empty
            byte[] before = new byte[now.length - 1];
            System.arraycopy(now, 0, before, 0, now.length - after - 1);
            System.arraycopy(now, now.length - after, before, before.length - after, after);
            assertThat(now[now.length - after - 1]).isZero();
            before[1] = SessionCodec.ELDEST;
            try (SecretBytes old = SecretBytes.owning(before)) {
                SessionState again = SessionCodec.decode(old);
                assertThat(again.children).singleElement().satisfies(c -> {
                    assertThat(c.share).isEmpty();
                    assertThat(c.inboundSpi).isEqualTo(ordinary(world.a).inboundSpi);
                });
            }
            before[1] = SessionCodec.ELDEST - 1;
            try (SecretBytes older = SecretBytes.owning(before)) {
                assertThatThrownBy(() -> SessionCodec.decode(older)).hasMessageContaining("version 7");
            }
        }
    }
}
