package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;

/** USE_TRANSPORT_MODE in both roles (RFC 7296 section 1.3.1), and the four places of address translators (section 2.23.1). */
class TransportModeTest {
    private static final long SECOND = 1000 * World.MS;
    private static final String ALICE = "192.0.2.1";
    private static final String BOB = "192.0.2.2";

    private final World world = new World(7);

    private void policies(Node node, Node other, IpsecMode mode, String local, String remote) {
        node.peers.policies.clear();
        node.peers.policies.add(
                node.policy("hosts", other, local, remote).mode(mode).build());
    }

    private void connect(String aliceSeen, String bobSeen) {
        world.translated.put(world.a, Addresses.parse(aliceSeen));
        world.translated.put(world.b, Addresses.parse(bobSeen));
        world.a.peers.peers.set(
                0, world.a.peer(world.b).remoteAddress(Addresses.parse(bobSeen)).build());
        world.b.peers.peers.set(
                0,
                world.b.peer(world.a).remoteAddress(Addresses.parse(aliceSeen)).build());
        policies(world.a, world.b, IpsecMode.TRANSPORT, ALICE, bobSeen);
        policies(world.b, world.a, IpsecMode.TRANSPORT, BOB, aliceSeen);
    }

    private NegotiationResult negotiate() {
        long number = world.a.negotiate("hosts", world.now + 20 * SECOND, world.now);
        world.run(20 * SECOND);
        return Optional.ofNullable(world.a.results.get(number)).orElseThrow();
    }

    private static List<ChildState> active(Node node) {
        return node.sessions.stream()
                .flatMap(s -> s.state().children.stream())
                .filter(c -> c.status == ChildStatus.ACTIVE)
                .toList();
    }

    private static HostPair hosts(String local, String remote) {
        return new HostPair(Addresses.parse(local), Addresses.parse(remote));
    }

    private void assertPair(String aliceSeen, String bobSeen) {
        assertThat(active(world.a)).hasSize(1);
        assertThat(active(world.b)).hasSize(1);
        ChildState alice = active(world.a).getFirst();
        ChildState bob = active(world.b).getFirst();
        assertThat(List.of(alice.mode, bob.mode)).containsOnly(IpsecMode.TRANSPORT);
        assertThat(List.of(alice.paddingRefused, bob.paddingRefused)).containsOnly(true);
        assertThat(alice.selectors.hosts()).contains(hosts(ALICE, bobSeen));
        assertThat(bob.selectors.hosts()).contains(hosts(BOB, aliceSeen));
        assertThat(alice.originals.orElseGet(() -> hosts(ALICE, bobSeen))).isEqualTo(hosts(aliceSeen, BOB));
        assertThat(bob.originals.orElseGet(() -> hosts(BOB, aliceSeen))).isEqualTo(hosts(bobSeen, ALICE));
    }

    @ParameterizedTest
    @CsvSource({
        ALICE + "," + BOB,
        "203.0.113.1," + BOB,
        ALICE + ",203.0.113.2",
        "203.0.113.1,203.0.113.2",
    })
    void bothSidesCarryWhatTheySeeAndKnowWhatTheOtherSees(String aliceSeen, String bobSeen) {
        connect(aliceSeen, bobSeen);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertPair(aliceSeen, bobSeen);
        int first = active(world.a).getFirst().inboundSpi;

        for (Node node : List.of(world.a, world.b)) {
            node.feed(node.only(), new Event.RekeyChild(active(node).getFirst().lineage), world.now);
            world.run(20 * SECOND);
            assertPair(aliceSeen, bobSeen);
        }
        assertThat(active(world.a).getFirst().inboundSpi).isNotEqualTo(first);
    }

    /** In a tunnel the packet's own header tells where padding begins, so each side takes it (RFC 4303 section 2.7). */
    @Test
    void onlyInTransportModePaddingIsRefused() {
        connect(ALICE, BOB);
        policies(world.a, world.b, IpsecMode.TUNNEL, ALICE, BOB);
        policies(world.b, world.a, IpsecMode.TUNNEL, BOB, ALICE);
        negotiate();
        assertThat(List.of(
                        active(world.a).getFirst().paddingRefused,
                        active(world.b).getFirst().paddingRefused))
                .containsOnly(false);
    }

    @Test
    void aSuccessorIsForTheSameHostsWhenTheTranslatorHasChosenAnotherAddress() {
        connect("203.0.113.1", BOB);
        negotiate();
        world.translated.put(world.a, Addresses.parse("203.0.113.77"));
        world.a.feed(world.a.only(), new Event.RekeyChild(active(world.a).getFirst().lineage), world.now);
        world.run(20 * SECOND);
        assertThat(active(world.a)).hasSize(1);
        assertThat(active(world.b).getFirst().selectors.hosts()).contains(hosts(BOB, "203.0.113.1"));
    }

    @Test
    void onlyTheTwoHostsAreAskedForHoweverMuchPolicyAllows() {
        connect(ALICE, BOB);
        policies(world.a, world.b, IpsecMode.TRANSPORT, "0.0.0.0-255.255.255.255", "192.0.2.0/24");
        policies(world.b, world.a, IpsecMode.TRANSPORT, "192.0.2.0/24", "0.0.0.0-255.255.255.255");
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertPair(ALICE, BOB);
    }

    @Test
    void selectorsWithoutTheTwoHostsAreRefusedInWords() {
        connect(ALICE, BOB);
        policies(world.a, world.b, IpsecMode.TRANSPORT, "10.9.0.1", BOB);
        Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
        assertThat(reason.code()).isEqualTo(ReasonCode.TRANSPORT_HOSTS);
        assertThat(reason.text()).contains(ALICE + " === " + BOB).contains("10.9.0.1");
        assertThat(world.a.lineages).isEmpty();
        assertThat(world.a.sessions).isEmpty();
    }

    @Test
    void whoOnlyKnowsTunnelsIgnoresTheWishAndWhoAskedRefuses() {
        for (String aliceSeen : List.of(ALICE, "203.0.113.1")) {
            connect(aliceSeen, BOB);
            policies(world.b, world.a, IpsecMode.TUNNEL, BOB, "0.0.0.0-255.255.255.255");
            Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
            assertThat(reason.code()).isEqualTo(ReasonCode.MODE_DIFFERS);
            assertThat(reason.text()).contains("tunnel mode").contains("\"hosts\" transport mode");
            assertThat(active(world.a)).isEmpty();
            assertThat(active(world.b)).isEmpty();
            assertThat(world.b.inbound).isEmpty();
        }
    }

    @Test
    void whoWantsTransportModeMakesNoTunnel() {
        connect(ALICE, BOB);
        policies(world.a, world.b, IpsecMode.TUNNEL, ALICE, BOB);
        Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
        assertThat(reason.text()).contains("NO_PROPOSAL_CHOSEN");
        assertThat(world.b.notices)
                .filteredOn(Effect.ChildFailed.class::isInstance)
                .map(e -> ((Effect.ChildFailed) e).reason().code())
                .contains(ReasonCode.MODE_DIFFERS);
        assertThat(world.b.inbound).isEmpty();
    }
}
