package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.SessionCodec;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/** Child SAs of AH: what is offered, chosen, derived, rekeyed and deleted is AH's (RFC 7296 sections 3.3 and 2.17). */
class AhHandshakeTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(11);
    private final List<IkeMessage> seen = new ArrayList<>();

    @BeforeEach
    void listen() {
        world.a.peers.peers.set(
                0, world.a.peer(world.b).encapsulation(Encapsulation.RAW).build());
        world.b.peers.peers.set(
                0, world.b.peer(world.a).encapsulation(Encapsulation.RAW).build());
        world.eavesdrop(seen::add);
    }

    private void policies(String proposal) {
        policy(world.a, world.b, "10.1.0.0/24", "10.2.0.0/24", proposal);
        policy(world.b, world.a, "10.2.0.0/24", "10.1.0.0/24", proposal);
    }

    private static void policy(Node node, Node other, String local, String remote, String proposal) {
        node.peers.policies.clear();
        node.peers.policies.add(ah(node.policy("signed", other, local, remote), proposal));
    }

    private static Policy ah(Policy.Builder builder, String proposal) {
        return builder.ipsecProtocol(IpsecProtocol.AH)
                .proposals(List.of(Proposal.ah(proposal)))
                .build();
    }

    private NegotiationResult negotiate() {
        long number = world.a.negotiate("signed", world.now + 20 * SECOND, world.now);
        world.run(20 * SECOND);
        return Optional.ofNullable(world.a.results.get(number)).orElseThrow();
    }

    private static ChildState active(Node node) {
        List<ChildState> active = node.sessions.stream()
                .flatMap(s -> s.state().children.stream())
                .filter(c -> c.status == ChildStatus.ACTIVE)
                .toList();
        assertThat(active).hasSize(1);
        return active.getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "sha256-esn, 12, 32, true",
        "sha384-noesn, 13, 48, false",
        "sha512-sha256-esn, 14, 64, true",
        "aesxcbc-noesn, 5, 16, false",
        "aescmac-esn, 8, 16, true",
        "aes128gmac-esn, 9, 20, true",
        "aes192gmac-esn, 10, 28, true",
        "aes256gmac-noesn, 11, 36, false",
    })
    void aPairHasIntegrityKeysAndNothingElse(String proposal, int integrity, int keyOctets, boolean extended) {
        policies(proposal);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        for (Node node : List.of(world.a, world.b)) {
            assertThat(active(node).suite.sa()).isEqualTo(new SaSuite(0, 0, integrity, extended));
            assertThat(active(node).inbound().protocol()).isEqualTo(IpsecProtocol.AH);
        }
        String sent = key(world.a.outbound.get(active(world.a).outboundSpi));
        assertThat(sent)
                .hasSize(2 * keyOctets)
                .isEqualTo(key(world.b.inbound.get(active(world.b).inboundSpi)))
                .isNotEqualTo(key(world.a.inbound.get(active(world.a).inboundSpi)));
        assertThat(offers()).isNotEmpty().allSatisfy(offer -> {
            assertThat(offer.protocol()).isEqualTo(ProtocolId.AH);
            assertThat(offer.spi().length()).isEqualTo(4);
            assertThat(offer.transforms(1)).isEmpty();
        });
    }

    private static String key(Node.@Nullable Half half) {
        return Objects.requireNonNull(half).key();
    }

    private List<org.sallyport.ike.internal.message.Proposal> offers() {
        return seen.stream()
                .flatMap(m -> m.all(Payload.SecurityAssociation.class))
                .flatMap(sa -> sa.proposals().stream())
                .filter(p -> p.protocol() != ProtocolId.IKE)
                .toList();
    }

    @Test
    void itIsRekeyedAndDeletedUnderItsOwnProtocol() {
        policies("sha256-esn");
        negotiate();
        int first = active(world.a).inboundSpi;
        world.a.feed(world.a.only(), new Event.RekeyChild(active(world.a).lineage), world.now);
        world.run(20 * SECOND);
        assertThat(active(world.a).inboundSpi).isNotEqualTo(first);
        assertThat(active(world.b).suite.protocol()).isEqualTo(IpsecProtocol.AH);
        assertThat(seen.stream().flatMap(m -> m.notify(NotifyType.REKEY_SA).stream()))
                .isNotEmpty()
                .allSatisfy(n -> assertThat(n.protocol()).isEqualTo(ProtocolId.AH));
        assertThat(seen.stream().flatMap(m -> m.all(Payload.Delete.class)))
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(d -> assertThat(d.protocol()).isEqualTo(ProtocolId.AH));
    }

    /** The same number may name an SA of each protocol: a peer that deletes one keeps the other. */
    @Test
    void aDeleteForEspEndsNothingOfAhs() {
        policies("sha256-esn");
        negotiate();
        Bytes theirs = Bytes.ofHex(String.format("%08x", active(world.b).outboundSpi));
        List<IkeMessage> answers = world.forge(
                world.a, ExchangeType.INFORMATIONAL, List.of(new Payload.Delete(ProtocolId.ESP, List.of(theirs))));
        assertThat(answers.getFirst().all(Payload.Delete.class)).isEmpty();
        assertThat(active(world.b).suite.protocol()).isEqualTo(IpsecProtocol.AH);
    }

    @Test
    void whoWantsEspIsToldThatNoProposalIsAlike() {
        policies("sha256-esn");
        world.b.peers.policies.clear();
        world.b.peers.policies.add(
                world.b.policy("signed", world.a, "10.2.0.0/24", "10.1.0.0/24").build());
        Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
        assertThat(reason.text()).contains("NO_PROPOSAL_CHOSEN");
        assertThat(world.b.inbound).isEmpty();
    }

    @Test
    void whereAnAddressIsTranslatedNothingIsAskedFor() {
        world.translated.put(world.a, Addresses.parse("203.0.113.1"));
        world.b.peers.peers.set(
                0,
                world.b
                        .peer(world.a)
                        .remoteAddress(Addresses.parse("203.0.113.1"))
                        .encapsulation(Encapsulation.RAW)
                        .build());
        policies("sha256-esn");
        Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
        assertThat(reason.code()).isEqualTo(ReasonCode.AH_THROUGH_TRANSLATOR);
        assertThat(reason.text()).contains("\"signed\" has ipsec-protocol = ah").contains("use ipsec-protocol = esp");
        assertThat(offers()).isEmpty();
        assertThat(world.a.lineages).isEmpty();
    }

    @Test
    void aPeerThatSaysThatItIsTranslatedIsAskedForNothing() {
        policies("sha256-esn");
        world.b.peers.peers.set(0, world.b.peer(world.a).build()); // it says that it is behind a translator
        Reason reason = ((NegotiationResult.Refused) negotiate()).reason();
        assertThat(reason.code()).isEqualTo(ReasonCode.AH_THROUGH_TRANSLATOR);
        assertThat(world.b.inbound).isEmpty();
    }

    @Test
    void aCheckpointKeepsTheProtocol() {
        policies("aes128gmac-esn");
        negotiate();
        try (var checkpoint = SessionCodec.encode(world.a.only().state())) {
            ChildState again = SessionCodec.decode(checkpoint).children.getFirst();
            assertThat(again.inbound()).isEqualTo(active(world.a).inbound());
            assertThat(again.suite).isEqualTo(active(world.a).suite);
        }
    }
}
