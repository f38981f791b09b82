package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.PayloadType;
import org.sallyport.ike.internal.message.ProtocolId;

/** Every way to say no: the notify on the wire, the reason in words, and what stands afterwards. */
class RefusalTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(42);

    private NegotiationResult negotiate(Node node, String policy) {
        long number = node.negotiate(policy, world.now + 20 * SECOND, world.now);
        world.run(20 * SECOND);
        return result(node, number);
    }

    private static NegotiationResult result(Node node, long number) {
        return Optional.ofNullable(node.results.get(number)).orElseThrow();
    }

    private NegotiationResult negotiate() {
        return negotiate(world.a, "p0");
    }

    private static void established(NegotiationResult result) {
        assertThat(result).isInstanceOf(NegotiationResult.Established.class);
    }

    private static Reason refused(NegotiationResult result) {
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        return ((NegotiationResult.Refused) result).reason();
    }

    private static void peers(Node node, PadEntry entry) {
        node.peers.peers.clear();
        node.peers.peers.add(entry);
    }

    private static void policies(Node node, Policy policy) {
        node.peers.policies.clear();
        node.peers.policies.add(policy);
    }

    private <T extends Effect.Notice> T notice(Node node, Class<T> kind) {
        return node.notices.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private List<IkeMessage> plain(Node from) {
        return world.sent.stream()
                .filter(s -> s.from() == from && s.summary().exchange().equals("IKE_SA_INIT"))
                .map(s -> {
                    try {
                        return MessageDecoder.decode(s.message().toArray());
                    } catch (IkeProtocolException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    // ---- IKE_SA_INIT ----

    @Test
    void noProposalChosen() {
        peers(
                world.b,
                world.b
                        .peer(world.a)
                        .ikeProposals(List.of(Node.ike(ToyKeyExchange.SECOND)))
                        .build());
        Reason reason = refused(negotiate());
        assertThat(reason.code()).isEqualTo(ReasonCode.PEER_REFUSED);
        assertThat(reason.text()).contains("NO_PROPOSAL_CHOSEN").contains("we offered aes128gcm16-prfsha256");
        Effect.IkeFailed told = notice(world.b, Effect.IkeFailed.class);
        assertThat(told.meant()).containsExactly(new ConnectionId("to-alice"));
        assertThat(told.reason().text()).contains("offered", "policy accepts", "have both sides accept one");
        assertThat(world.a.sessions).isEmpty();
        assertThat(world.b.sessions).isEmpty();
        assertThat(world.a.lineages).isEmpty();
    }

    @Test
    void nobodyIsConfigured() {
        world.b.peers.peers.clear();
        assertThat(refused(negotiate()).text()).contains("NO_PROPOSAL_CHOSEN");
        assertThat(world.b.sessions).isEmpty();
    }

    @Test
    void anotherKeyExchangeIsAskedFor() {
        peers(
                world.a,
                world.a
                        .peer(world.b)
                        .ikeProposals(List.of(Node.ike(ToyKeyExchange.FIRST, ToyKeyExchange.SECOND)))
                        .build());
        peers(
                world.b,
                world.b
                        .peer(world.a)
                        .ikeProposals(List.of(Node.ike(ToyKeyExchange.SECOND)))
                        .build());
        established(negotiate());
        assertThat(plain(world.b).getFirst().notify(NotifyType.INVALID_KE_PAYLOAD))
                .isPresent();
    }

    @Test
    void aKeyExchangeThatWasNotOfferedIsNotMade() {
        world.drop = s -> s.from() == world.b;
        world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        world.run(World.MS);
        answerPlainly(Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.of((byte) 0, (byte) 19)));
        world.drop = s -> false;
        world.run(5 * SECOND);
        assertThat(plain(world.a)).allSatisfy(m -> assertThat(
                        m.first(Payload.KeyExchange.class).orElseThrow().method())
                .isEqualTo(ToyKeyExchange.FIRST));
    }

    @Test
    void aRefusalThatNobodyVouchesForIsOutdoneByAnAnswer() {
        world.minDelay = 20 * World.MS;
        world.maxDelay = 21 * World.MS;
        long number = world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        answerPlainly(Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN));
        world.run(5 * SECOND);
        assertThat(world.a.results.get(number)).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void anAnswerFromElsewhereIsNoAnswer() {
        world.drop = s -> s.from() == world.b;
        world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        IkeHeader header = plain(world.a).getFirst().header().toResponse(0);
        byte[] refusal = MessageEncoder.encode(
                new IkeMessage(header, List.of(Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN))));
        Endpoints elsewhere = new Endpoints(world.a.address, new InetSocketAddress(Addresses.parse("192.0.2.99"), 500));
        world.a.receive(elsewhere, Bytes.of(refusal), world.now);
        world.run(SECOND);
        assertThat(world.a.results).isEmpty();
    }

    private void answerPlainly(Payload.Notify notify) {
        IkeHeader header = plain(world.a).getFirst().header().toResponse(0);
        byte[] answer = MessageEncoder.encode(new IkeMessage(header, List.of(notify)));
        world.a.receive(new Endpoints(world.a.address, world.b.address), Bytes.of(answer), world.now);
    }

    @Test
    void cookiesAreAskedForAndGiven() {
        world.b.tuning(tuning(0, 256));
        established(negotiate());
        assertThat(plain(world.b).getFirst().notify(NotifyType.COOKIE)).isPresent();
        assertThat(plain(world.a)).hasSize(2);
        assertThat(plain(world.a).get(1).payloads().getFirst().label()).isEqualTo("N(COOKIE)");
    }

    private static Tuning tuning(int cookieThreshold, int maxChildren) {
        Tuning d = Tuning.DEFAULT;
        return new Tuning(
                d.halfOpenTime(),
                d.maxHalfOpen(),
                cookieThreshold,
                d.cookiePerAddress(),
                d.maxPerAddress(),
                maxChildren,
                d.maxWaiting(),
                d.refusalPatience(),
                d.grace(),
                d.activationTimeout(),
                d.handoverTime(),
                d.retryTime(),
                d.lingerTime(),
                d.childlessTime(),
                d.keepAliveTime(),
                d.answerTime(),
                d.datagram());
    }

    @Test
    void aHigherMajorVersionIsRefused() {
        byte[] message = MessageEncoder.encode(new IkeMessage(
                IkeHeader.request(77, 0, ExchangeType.IKE_SA_INIT, true, 0),
                List.of(new Payload.Nonce(Bytes.of(new byte[16])))));
        message[17] = 0x30;
        world.b.receive(new Endpoints(world.b.address, world.a.address), Bytes.of(message), world.now);
        assertThat(plain(world.b).getFirst().notify(NotifyType.INVALID_MAJOR_VERSION))
                .isPresent();
        assertThat(world.b.sessions).isEmpty();
    }

    @Test
    void nobodyAnswers() {
        world.drop = s -> s.from() == world.b;
        peers(
                world.a,
                world.a
                        .peer(world.b)
                        .retransmission(new PadEntry.Retransmission(Duration.ofMillis(100), 1.0, 3))
                        .build());
        NegotiationResult result = negotiate();
        assertThat(result).isInstanceOf(NegotiationResult.Unreachable.class);
        assertThat(((NegotiationResult.Unreachable) result).reason().text())
                .startsWith("peer \"to-bob\" did not answer 4 transmissions: check its remote-address");
        assertThat(plain(world.a)).hasSize(4).allMatch(plain(world.a).getFirst()::equals);
    }

    @Test
    void nobodyAnswersInTime() {
        world.drop = s -> s.from() == world.b;
        long number = world.a.negotiate("p0", world.now + 2 * SECOND, world.now);
        world.run(2 * SECOND);
        assertThat(world.a.results.get(number)).isInstanceOf(NegotiationResult.Unreachable.class);
        assertThat(world.a.sessions).isEmpty();
    }

    @Test
    void whoeverWaitedGivesUp() {
        world.drop = s -> true;
        long number = world.a.negotiate("p0", world.now + 20 * SECOND, world.now);
        world.a.feed(world.a.only(), new Event.Abandon(number), world.now);
        assertThat(refused(result(world.a, number)).code()).isEqualTo(ReasonCode.CANCELLED);
        assertThat(world.a.sessions).isEmpty();
    }

    @Test
    void anAlgorithmThatNobodyProvidesIsNamed() {
        peers(
                world.a,
                world.a.peer(world.b).ikeProposals(List.of(Node.ike(4711))).build());
        assertThat(refused(negotiate()).text()).contains("key_exchange#4711 is not available");
        assertThat(world.sent).isEmpty();
    }

    @Test
    void nobodyIsConfiguredForTheAddress() {
        world.b.peers.peers.clear();

        assertThat(refused(negotiate()).code()).isEqualTo(ReasonCode.PEER_REFUSED);
        assertThat(notice(world.b, Effect.IkeFailed.class).reason().code()).isEqualTo(ReasonCode.UNKNOWN_ADDRESS);
    }

    // ---- IKE_AUTH ----

    @Test
    void theSecretsDiffer() {
        world.b.secrets.put("shared", "battery staple");
        Reason reason = refused(negotiate());
        assertThat(reason.code()).isEqualTo(ReasonCode.PEER_REFUSED_AUTHENTICATION);
        assertThat(notice(world.b, Effect.IkeFailed.class).reason().text())
                .contains("could not prove that it is alice.example");
        assertThat(notice(world.b, Effect.IkeFailed.class).meant()).containsExactly(new ConnectionId("to-alice"));
        assertThat(world.a.sessions).isEmpty();
        assertThat(world.b.established()).isZero();
        assertThat(world.b.inbound).isEmpty();
        assertThat(world.a.lineages).isEmpty();
    }

    @Test
    void theSecretCannotBeOpened() {
        world.a.secrets.clear();
        assertThat(refused(negotiate()).code()).isEqualTo(ReasonCode.SECRET_UNUSABLE);
    }

    @Test
    void theIdentityIsNotConfigured() {
        peers(
                world.a,
                world.a
                        .peer(world.b)
                        .localIdentity(Identity.parse("mallory.example"))
                        .build());
        assertThat(refused(negotiate()).code()).isEqualTo(ReasonCode.PEER_REFUSED_AUTHENTICATION);
        assertThat(notice(world.b, Effect.IkeFailed.class).reason().text()).contains("mallory.example");
        assertThat(notice(world.b, Effect.IkeFailed.class).meant())
                .as("who is known to be at that address")
                .containsExactly(new ConnectionId("to-alice"));
    }

    @Test
    void thePeerIsSomebodyElse() {
        peers(world.a, world.a.peer(world.b).build());
        peers(
                world.b,
                world.b
                        .peer(world.a)
                        .localIdentity(Identity.parse("someone.example"))
                        .build());
        // whoever does not care whom it is asked for answers all the same
        world.b.peers.peers.set(0, world.b.peers.peers.getFirst());
        Reason reason = refused(negotiate());
        assertThat(reason.code()).isIn(ReasonCode.PEER_NOT_AUTHENTICATED, ReasonCode.PEER_REFUSED_AUTHENTICATION);
        assertThat(world.a.established()).isZero();
    }

    @Test
    void noPolicyCoversTheSelectors() {
        policies(
                world.b,
                world.b.policy("other", world.a, "10.9.0.0/24", "10.8.0.0/24").build());
        Reason reason = refused(negotiate());
        assertThat(reason.text()).contains("TS_UNACCEPTABLE").contains("10.1.0.0/24 === 10.2.0.0/24");
        assertThat(notice(world.b, Effect.ChildFailed.class).reason().code()).isEqualTo(ReasonCode.TS_UNACCEPTABLE);
        assertThat(world.a.established()).as("the IKE SA stands").isEqualTo(1);
        assertThat(world.a.lineages).isEmpty();
    }

    @Test
    void whoeverAsksForMoreThanOnePolicyHasGetsItsShareAndIsToldOfTheOthers() {
        policies(
                world.a,
                world.a.policy("all", world.b, "10.1.0.0/16", "10.2.0.0/16").build());
        established(negotiate(world.a, "all"));
        assertThat(payloads(world.b).getLast()).contains("N(ADDITIONAL_TS_POSSIBLE)");
        assertThat(world.a.only().state().children.getFirst().selectors)
                .isEqualTo(Node.selectors("10.1.0.0/24", "10.2.0.0/24"));
    }

    @Test
    void whoeverAsksForAllThatThereIsIsToldOfNoMore() {
        established(negotiate());
        assertThat(payloads(world.b).getLast()).doesNotContain("N(ADDITIONAL_TS_POSSIBLE)");
    }

    @Test
    void thePadForbidsTheSelectors() {
        peers(
                world.b,
                world.b
                        .peer(world.a)
                        .permittedRemote(List.of(org.sallyport.api.flow.AddressRange.parse("10.77.0.0/16")))
                        .build());
        assertThat(refused(negotiate()).text()).contains("TS_UNACCEPTABLE");
        assertThat(notice(world.b, Effect.ChildFailed.class).reason().code()).isEqualTo(ReasonCode.PAD_FORBIDS);
    }

    @Test
    void noChildProposalIsCommon() {
        policies(
                world.b,
                world.b
                        .policy("p0", world.a, "10.2.0.0/24", "10.1.0.0/24")
                        .proposals(List.of(Proposal.parse("aes256gcm16-noesn")))
                        .build());
        Reason reason = refused(negotiate());
        assertThat(reason.text()).contains("NO_PROPOSAL_CHOSEN").contains("we offered aes128gcm16-noesn");
        assertThat(notice(world.b, Effect.ChildFailed.class).reason().text())
                .contains("policy accepts aes256gcm16-noesn");
    }

    @Test
    void theSaTableRefuses() {
        world.b.refuseInstall = Reason.of(ReasonCode.DATA_PLANE_ABSENT);
        assertThat(refused(negotiate()).text()).contains("TEMPORARY_FAILURE");
        assertThat(world.b.lineages).isEmpty();
    }

    @Test
    void ourSaTableRefusesAndThePeerIsTold() {
        world.a.refuseInstall = Reason.of(ReasonCode.DATA_PLANE_ABSENT);
        assertThat(refused(negotiate()).code()).isEqualTo(ReasonCode.DATA_PLANE_ABSENT);
        assertThat(world.b.inbound).isEmpty();
        assertThat(world.a.lineages).isEmpty();
    }

    // ---- CREATE_CHILD_SA ----

    @Test
    void noAdditionalSas() {
        world.b.tuning(tuning(32, 1));
        established(negotiate());
        assertThat(refused(negotiate(world.a, "p1")).text()).contains("NO_ADDITIONAL_SAS");
        assertThat(world.a.inbound).hasSize(1);
    }

    @Test
    void aChildsKeyExchangeIsCorrected() {
        Proposal both = Node.esp(ToyKeyExchange.FIRST, ToyKeyExchange.SECOND);
        world.a.peers.policies.set(
                1,
                world.a
                        .policy("p1", world.b, "10.1.1.0/24", "10.2.1.0/24")
                        .proposals(List.of(both))
                        .build());
        world.b.peers.policies.set(
                1,
                world.b
                        .policy("p1", world.a, "10.2.1.0/24", "10.1.1.0/24")
                        .proposals(List.of(Node.esp(ToyKeyExchange.SECOND)))
                        .build());
        established(negotiate());
        established(negotiate(world.a, "p1"));
        assertThat(payloads(world.b)).contains(List.of("N(INVALID_KE_PAYLOAD)"));
        assertThat(world.a.inbound).hasSize(2);
        assertThat(world.b.inbound).hasSize(2);
    }

    private List<List<String>> payloads(Node from) {
        return world.sent.stream()
                .filter(s -> s.from() == from)
                .map(s -> s.summary().payloads())
                .toList();
    }

    @Test
    void aChildThatThePeerForgotIsForgottenToo() {
        established(negotiate());
        world.b.only().state().children.clear();
        rekeyFirstChild();
        world.run(5 * SECOND);
        assertThat(payloads(world.b)).contains(List.of("N(CHILD_SA_NOT_FOUND)"));
        assertThat(world.a.inbound).isEmpty();
        assertThat(world.a.established()).isEqualTo(1);
    }

    private void rekeyFirstChild() {
        Session session = world.a.only();
        world.a.feed(session, new Event.RekeyChild(session.state().children.getFirst().lineage), world.now);
    }

    @Test
    void temporaryFailureWhileTheIkeSaIsRekeyed() {
        established(negotiate());
        world.drop = s -> s.from() == world.a;
        world.b.feed(world.b.only(), new Event.RekeyIke(), world.now);
        List<IkeMessage> answer =
                world.forge(world.a, ExchangeType.CREATE_CHILD_SA, List.of(new Payload.Nonce(Bytes.of(new byte[32]))));
        assertThat(answer.getFirst().notify(NotifyType.TEMPORARY_FAILURE)).isPresent();
    }

    @Test
    void whoeverWantsAChildMeanwhileTriesAgain() {
        established(negotiate());
        world.drop = s -> s.from() == world.a && s.summary().response();
        world.b.feed(world.b.only(), new Event.RekeyIke(), world.now);
        world.after(400 * World.MS, () -> world.drop = s -> false);
        established(negotiate(world.a, "p1"));
    }

    // ---- mad peers ----

    @Test
    void whatCannotBeReadEndsTheIkeSa() {
        established(negotiate());
        List<IkeMessage> answer = world.forge(
                world.a, ExchangeType.INFORMATIONAL, f -> f.raw(PayloadType.DELETE, new byte[] {0, 0, 0, 99}));
        assertThat(answer.getFirst().notify(NotifyType.INVALID_SYNTAX)).isPresent();
        assertThat(world.b.established()).isZero();
        assertThat(world.b.inbound).isEmpty();
        assertThat(notice(world.b, Effect.IkeDown.class).reason().text()).contains("broke the protocol");
    }

    @Test
    void aCriticalPayloadThatNobodyKnowsIsRefusedAndNothingElse() {
        established(negotiate());
        List<IkeMessage> answer = world.forge(
                world.a,
                ExchangeType.INFORMATIONAL,
                f -> f.raw(new PayloadType(200), new byte[] {0, (byte) 0x80, 0, 4}));
        Payload.Notify refusal = answer.getFirst()
                .notify(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD)
                .orElseThrow();
        assertThat(refusal.data()).isEqualTo(Bytes.of((byte) 200));
        assertThat(world.b.established()).isEqualTo(1);
        assertThat(world.b.inbound).hasSize(1);
    }

    @Test
    void deletesOfOthersPairsDeleteNothing() {
        established(negotiate());
        List<IkeMessage> answer = world.forge(
                world.a,
                ExchangeType.INFORMATIONAL,
                List.of(new Payload.Delete(ProtocolId.ESP, List.of(Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4)))));
        assertThat(answer.getFirst().payloads()).isEmpty();
        assertThat(world.b.inbound).hasSize(1);
    }

    @Test
    void anAuthenticationAfterTheFirstIsRefused() {
        established(negotiate());
        List<IkeMessage> answer = world.forge(
                world.a,
                ExchangeType.IKE_AUTH,
                List.of(new Payload.Identification(
                        true, 2, Bytes.of("root.example".getBytes(StandardCharsets.UTF_8)))));
        assertThat(answer.getFirst().firstError()).isPresent();
    }

    // ---- starting anew ----

    @Test
    void aPeerThatStartedAnewReplacesItsOldIkeSa() {
        established(negotiate());
        world.a.sessions.clear();
        world.a.bySpi.clear();
        world.a.inbound.clear();
        world.a.outbound.clear();
        world.run(SECOND);
        established(negotiate());
        assertThat(world.b.established()).isEqualTo(1);
        assertThat(world.b.inbound).hasSize(1);
        assertThat(notice(world.b, Effect.IkeDown.class).reason().code()).isEqualTo(ReasonCode.PEER_RESTARTED);
    }

    @Test
    void aPeerThatForgotUsSaysSoAndIsBelievedSoon() {
        established(negotiate());
        world.b.sessions.clear();
        world.b.bySpi.clear();
        long number = world.a.negotiate("p1", world.now + 20 * SECOND, world.now);
        world.run(3 * SECOND);
        assertThat(result(world.a, number)).isInstanceOf(NegotiationResult.Unreachable.class);
        assertThat(world.a.established()).isZero();
        established(negotiate());
    }

    @Test
    void whoeverSaysThatThePeerForgotUsIsNotBelievedWhenThePeerAnswers() {
        established(negotiate());
        long number = world.a.negotiate("p1", world.now + 20 * SECOND, world.now);
        World.Sent request = world.sent.getLast();
        try {
            IkeHeader header = MessageDecoder.decodeHeader(request.message().toArray());
            IkeHeader lie = new IkeHeader(
                    header.initiatorSpi(), header.responderSpi(), header.exchangeType(), false, true, false, 2);
            byte[] message =
                    MessageEncoder.encode(new IkeMessage(lie, List.of(Payload.Notify.of(NotifyType.INVALID_IKE_SPI))));
            world.a.receive(
                    new Endpoints(
                            request.endpoints().local(), request.endpoints().remote()),
                    Bytes.of(message),
                    world.now);
        } catch (IkeProtocolException e) {
            throw new AssertionError(e);
        }
        world.run(5 * SECOND);
        established(result(world.a, number));
    }

    @Test
    void aPeerThatDiedIsNoticed() {
        established(negotiate());
        world.drop = s -> s.from() == world.b;
        world.run(200 * SECOND);
        assertThat(world.a.sessions).isEmpty();
        assertThat(world.a.inbound).isEmpty();
        assertThat(notice(world.a, Effect.IkeDown.class).reason().code()).isEqualTo(ReasonCode.PEER_DEAD);
        assertThat(world.a.checkpoints).isEmpty();
    }

    @Test
    void anIkeSaWithoutChildSasEnds() {
        established(negotiate());
        Session session = world.a.only();
        world.a.feed(
                session,
                new Event.DeleteChild(
                        session.state().children.getFirst().lineage,
                        Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test")),
                world.now);
        world.run(100 * SECOND);
        assertThat(world.a.sessions).isEmpty();
        assertThat(world.b.sessions).isEmpty();
    }

    @Test
    void lifetimesAreKept() {
        PadEntry shortLived = world.a
                .peer(world.b)
                .ikeSoftLifetime(Duration.ofSeconds(100))
                .ikeHardLifetime(Duration.ofSeconds(120))
                .build();
        peers(world.a, shortLived);
        established(negotiate());
        long first = world.a.current().orElseThrow().initiatorSpi();
        world.run(90 * SECOND);
        assertThat(world.a.current().orElseThrow().initiatorSpi()).as("rekeyed").isNotEqualTo(first);
        world.drop = s -> s.summary().exchange().equals("CREATE_CHILD_SA");
        world.run(130 * SECOND);
        assertThat(world.a.established()).as("over").isZero();
        assertThat(Optional.of(notice(world.a, Effect.IkeDown.class))
                        .get()
                        .reason()
                        .code())
                .isIn(ReasonCode.LIFETIME_OVER, ReasonCode.PEER_DEAD);
    }
}
