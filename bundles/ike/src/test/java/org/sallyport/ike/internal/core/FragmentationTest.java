package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** Messages that no datagram carries (RFC 7383). */
class FragmentationTest {
    private static final long SECOND = 1000 * World.MS;
    private static final int SKF = 53;

    private final World world = new World(77);

    private void datagrams(int octets) {
        world.a.tuning(world.a.tuning.withDatagram(octets));
        world.b.tuning(world.b.tuning.withDatagram(octets));
    }

    private NegotiationResult negotiate() {
        long number = world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        world.run(20 * SECOND);
        return Optional.ofNullable(world.a.results.get(number)).orElseThrow();
    }

    private Stream<World.Sent> fragments(Node from) {
        return world.sent.stream().filter(s -> s.from() == from).filter(FragmentationTest::isFragment);
    }

    private static boolean isFragment(World.Sent sent) {
        return sent.message().get(16) == SKF;
    }

    private static int number(World.Sent sent) {
        return sent.message().get(33);
    }

    @Test
    void everyDatagramIsAsSmallAsItIsToBe() {
        datagrams(200);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(fragments(world.a))
                .hasSizeGreaterThan(1)
                .allMatch(s -> s.message().length() <= 200 - 32);
        assertThat(fragments(world.b))
                .hasSizeGreaterThan(1)
                .allMatch(s -> s.message().length() <= 200 - 32);
        assertThat(fragments(world.a).map(s -> s.summary().payloads()).toList())
                .first()
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .contains("AUTH", "SKF(1/2)");
    }

    @Test
    void whatFitsIsNotCut() {
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(fragments(world.a)).isEmpty();
    }

    @Test
    void aSuiteThatEncryptsAndThenAuthenticatesIsCutAsWell() {
        datagrams(220);
        List<Proposal> cbc = List.of(Proposal.parse("aes256-sha256-prfsha256-x25519"));
        world.a.peers.peers.set(0, world.a.peer(world.b).ikeProposals(cbc).build());
        world.b.peers.peers.set(0, world.b.peer(world.a).ikeProposals(cbc).build());
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(fragments(world.a))
                .hasSizeGreaterThan(1)
                .allMatch(s -> s.message().length() <= 220 - 32);
    }

    @Test
    void fragmentsMayComeInAnyOrderAndTwice() {
        datagrams(160);
        world.maxDelay = 50 * World.MS;
        world.duplication = 1;
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.b.established()).isEqualTo(1);
        assertThat(world.b.inbound).hasSize(1);
    }

    @Test
    void oneThatIsLostComesWithTheNextTransmission() {
        datagrams(200);
        List<World.Sent> lost = new ArrayList<>();
        world.drop = s -> s.from() == world.a && isFragment(s) && number(s) == 2 && lost.isEmpty() && lost.add(s);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(lost).hasSize(1);
    }

    @Test
    void onlyTheFirstFragmentOfARetransmissionIsAnswered() {
        datagrams(200);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        List<World.Sent> request = fragments(world.a).toList();
        long before = fragments(world.b).count();
        for (World.Sent each : request.subList(1, request.size())) {
            deliver(each.message());
        }
        assertThat(fragments(world.b)).hasSize((int) before);
        deliver(request.getFirst().message());
        assertThat(fragments(world.b).count()).isGreaterThan(before);
    }

    private void deliver(Bytes message) {
        Endpoints at = world.b.only().state().endpoints;
        world.b.receive(at, message, world.now);
    }

    @Test
    void aPathThatCarriesLessGetsLess() {
        world.a.peers.peers.set(0, world.a.peer(world.b).ikeProposals(many()).build());
        world.b.peers.peers.set(0, world.b.peer(world.a).ikeProposals(many()).build());
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        world.drop = s -> s.message().length() > 600;
        world.recording = true;
        world.sent.clear();
        world.a.feed(world.a.only(), new Event.RekeyIke(), world.now);
        world.run(20 * SECOND);
        assertThat(fragments(world.a).map(s -> s.message().length()).toList())
                .anyMatch(l -> l > 600)
                .anyMatch(l -> l <= 544);
    }

    @Test
    void aRequestThatIsCutAnewIsAnsweredAgain() {
        world.a.peers.peers.set(0, world.a.peer(world.b).ikeProposals(many()).build());
        world.b.peers.peers.set(0, world.b.peer(world.a).ikeProposals(many()).build());
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        long before = world.a.current().orElseThrow().initiatorSpi();
        List<World.Sent> anew = new ArrayList<>();
        world.drop = s -> {
            boolean cutAnew = s.from() == world.a
                    && isFragment(s)
                    && number(s) == 1
                    && s.message().length() <= 544;
            return (cutAnew ? !anew.add(s) : s.from() == world.b && anew.isEmpty());
        };
        world.a.feed(world.a.only(), new Event.RekeyIke(), world.now);
        world.run(20 * SECOND);
        assertThat(anew).isNotEmpty();
        long after = world.a.current().orElseThrow().initiatorSpi();
        assertThat(after).isNotEqualTo(before);
        assertThat(world.b.current().orElseThrow().initiatorSpi()).isEqualTo(after);
    }

    /** An offer of so many proposals that a rekeying takes more than a datagram. */
    private static List<Proposal> many() {
        List<Proposal> all = new ArrayList<>(List.of(Node.ike(ToyKeyExchange.FIRST)));
        all.addAll(Collections.nCopies(60, Node.ike(ToyKeyExchange.FIRST, ToyKeyExchange.SECOND)));
        return all;
    }

    @Test
    void aPeerThatCannotReadFragmentsGetsNone() {
        datagrams(200);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        world.a.only().state().fragmentation = false;
        world.sent.clear();
        world.a.feed(world.a.only(), new Event.RekeyIke(), world.now);
        world.run(5 * SECOND);
        assertThat(world.sent).isNotEmpty();
        assertThat(fragments(world.a)).isEmpty();
    }

    // ---- an authenticated peer that wants our memory ----

    private List<byte[]> cut(int octets, int datagram) {
        IkeSaState sa = world.a.current().orElseThrow();
        IkeHeader header = IkeHeader.request(
                sa.initiatorSpi(),
                sa.responderSpi(),
                ExchangeType.INFORMATIONAL,
                sa.originalInitiator,
                sa.nextRequestId);
        List<Payload> payloads = List.of(Payload.Notify.of(new NotifyType(40960), Bytes.of(new byte[octets])));
        return Node.cipher(sa)
                .seal(sa.keys().direction(sa.originalInitiator), IvCounter.startOf(0x7777), header, payloads, datagram);
    }

    private int answersTo(List<byte[]> datagrams) {
        int before = world.sent.size();
        Endpoints to = new Endpoints(
                new InetSocketAddress(world.b.address.getAddress(), 4500),
                new InetSocketAddress(world.a.address.getAddress(), 4500));
        datagrams.forEach(d -> world.b.receive(to, Bytes.of(d), world.now));
        return world.sent.size() - before;
    }

    @Test
    void aLongMessageIsPutTogether() {
        negotiate();
        assertThat(answersTo(cut(60_000, 1200))).isEqualTo(1);
    }

    @Test
    void moreFragmentsThanAMessageNeedsAreNotKept() {
        negotiate();
        List<byte[]> many = cut(20_000, 150);
        assertThat(many).hasSizeGreaterThan(Reassembly.MAX_FRAGMENTS);
        assertThat(answersTo(many)).isZero();
        assertThat(world.b.established()).isEqualTo(1);
    }

    @Test
    void whatIsIncompleteIsForgotten() {
        negotiate();
        List<byte[]> datagrams = cut(3000, 1000);
        assertThat(answersTo(datagrams.subList(1, datagrams.size()))).isZero();
        world.run(16 * SECOND);
        assertThat(answersTo(datagrams.subList(0, 1))).as("the others are gone").isZero();
        assertThat(answersTo(datagrams)).isEqualTo(1);
    }

    @Test
    void smallerFragmentsReplaceLargerOnes() {
        negotiate();
        List<byte[]> large = cut(3000, 1000);
        List<byte[]> small = cut(3000, 500);
        assertThat(answersTo(large.subList(0, 1))).isZero();
        assertThat(answersTo(small.subList(0, 1))).isZero();
        assertThat(answersTo(large.subList(1, large.size())))
                .as("too few by now")
                .isZero();
        assertThat(answersTo(small)).isEqualTo(1);
    }

    @Test
    void aForgedFragmentSpoilsNothing() {
        negotiate();
        List<byte[]> datagrams = cut(3000, 1000);
        byte[] forged = datagrams.getFirst().clone();
        forged[60] ^= 1;
        assertThat(answersTo(List.of(forged))).isZero();
        assertThat(answersTo(datagrams)).isEqualTo(1);
    }
}
