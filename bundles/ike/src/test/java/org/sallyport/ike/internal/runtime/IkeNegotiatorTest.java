package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.ObservedExchange;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.ike.internal.address.AddressPools;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.FakePeers;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.linux.tcp.internal.KernelTcpStreams;

/** Two whole negotiators, threads and timers and all, on a network of queues. */
class IkeNegotiatorTest {
    private static final CryptoRegistry CRYPTO = CryptoRegistry.of(StandardProviders.all());

    private final FakeNetwork network = new FakeNetwork();
    private final Side alice = new Side("alice", "192.0.2.1", "bob", "192.0.2.2", "10.1", "10.2");
    private final Side bob = new Side("bob", "192.0.2.2", "alice", "192.0.2.1", "10.2", "10.1");

    /** One appliance: what outlives its bundle, and the bundle. */
    private final class Side {
        final FakePeers peers = new FakePeers();
        final FakeSad sad = new FakeSad();
        final FakeNetwork.Host ports;
        final PadEntry.Builder entry;
        final List<String> withdrawn = new ArrayList<>();

        @Nullable
        IkeNegotiator negotiator;

        Side(String name, String address, String other, String remote, String ours, String theirs) {
            InetAddress own = Addresses.parse(address);
            ports = network.host(own);
            entry = PadEntry.builder(new ConnectionId(other))
                    .localAddress(own)
                    .remoteAddress(Addresses.parse(remote))
                    .localIdentity(Identity.parse(name + ".example"))
                    .remoteIdentity(Identity.parse(other + ".example"))
                    .secret(new SecretRef("file"))
                    .ikeProposals(List.of(Proposal.parse("aes128gcm16-prfsha256-x25519")))
                    .retransmission(new PadEntry.Retransmission(Duration.ofMillis(200), 1.5, 4));
            peers.peers.add(entry.build());
            for (int i = 0; i < 10; i++) {
                peers.policies.add(Policy.builder("p" + i, Action.PROTECT)
                        .peer(new ConnectionId(other))
                        .selectors(new Selectors(
                                List.of(TrafficSelector.of(AddressRange.parse(ours + "." + i + ".0/24"))),
                                List.of(TrafficSelector.of(AddressRange.parse(theirs + "." + i + ".0/24")))))
                        .proposals(List.of(Proposal.parse("aes128gcm16-esn")))
                        .build());
            }
        }

        final AddressPools pools = new AddressPools();
        final FakeAssigned assigned = new FakeAssigned();

        IkeNegotiator start() {
            IkeNegotiator started = new IkeNegotiator(
                    () -> withdrawn.add("once"),
                    sad,
                    peers,
                    peers,
                    new Authenticators(ref -> SecretBytes.owning("secret".getBytes(StandardCharsets.UTF_8)), List.of()),
                    pools,
                    assigned,
                    sad,
                    CRYPTO,
                    ports,
                    new KernelTcpStreams(),
                    Tuning.DEFAULT);
            negotiator = started;
            return started;
        }

        Negotiation negotiate(String name) {
            Policy policy = peers.policy(name).orElseThrow();
            return running()
                    .negotiate(
                            new NegotiationRequest(
                                    policy, peers.peers.getFirst(), policy.selectors(), Optional.empty()),
                            Duration.ofSeconds(10));
        }

        IkeNegotiator running() {
            return Optional.ofNullable(negotiator).orElseThrow();
        }

        List<IkeSaId> ikeSas() {
            return running().list().stream().map(IkeSaView::id).toList();
        }

        void stop() {
            if (negotiator != null) {
                negotiator.stop();
            }
        }
    }

    @AfterEach
    void stop() {
        alice.stop();
        bob.stop();
    }

    private static NegotiationResult result(Negotiation negotiation) throws Exception {
        return negotiation.result().toCompletableFuture().get(15, TimeUnit.SECONDS);
    }

    private static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void manyWhoAskAtOnceShareOneIkeSa() throws Exception {
        alice.start();
        bob.start();
        List<Negotiation> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(alice.negotiate("p" + i));
        }
        for (Negotiation each : all) {
            assertThat(result(each)).isInstanceOf(NegotiationResult.Established.class);
        }
        assertThat(alice.ikeSas()).hasSize(1);
        assertThat(bob.ikeSas()).hasSize(1);
        assertThat(alice.sad.pairs()).hasSize(10).allMatch(p -> p.state().equals("active"));
        assertThat(bob.sad.pairs()).hasSize(10).allMatch(p -> p.state().equals("active"));
        assertThat(alice.sad.pairs()).allMatch(p -> p.spec().suite().extendedSequenceNumbers());
    }

    @Test
    void theBundleIsReplacedBesideAndNothingEnds() throws Exception {
        IkeNegotiator old = alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        List<IkeSaId> before = alice.ikeSas();
        List<FakeSad.Pair> pairs = alice.sad.pairs();
        alice.start();
        eventually("the old one takes its services back", () -> alice.withdrawn.size() == 1);
        int sent = network.sent.size();
        old.delete(before.getFirst(), Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test"));
        old.stop();
        Thread.sleep(100);
        assertThat(network.sent.size() - sent)
                .as("one liveness check and its answer")
                .isLessThanOrEqualTo(2);
        assertThat(alice.ikeSas()).isEqualTo(before);
        assertThat(alice.sad.pairs()).isEqualTo(pairs);
        assertThat(result(alice.negotiate("p1"))).isInstanceOf(NegotiationResult.Established.class);
        assertThat(alice.ikeSas()).isEqualTo(before);
        assertThat(bob.ikeSas()).hasSize(1);
    }

    @Test
    void theBundleIsStoppedAndStartedAndNothingEnds() throws Exception {
        alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        bob.stop();
        List<FakeSad.Pair> pairs = bob.sad.pairs();
        bob.start();
        assertThat(bob.sad.pairs()).isEqualTo(pairs);
        assertThat(bob.ikeSas()).hasSize(1);
        alice.running().rekey(alice.ikeSas().getFirst());
        eventually("a rekeying of the IKE SA", () -> alice.running().list().stream()
                .noneMatch(v -> v.state().equals("rekeying")));
        assertThat(result(bob.negotiate("p1"))).isInstanceOf(NegotiationResult.Established.class);
        assertThat(alice.ikeSas()).hasSize(1);
    }

    @Test
    void whatWaitsForTheEndOfAnElderIkeSaSendsWithoutAGap() throws Exception {
        Duration soon = Duration.ofSeconds(2);
        alice.peers.peers.set(0, alice.entry.reauthenticationTime(soon).build());
        alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        IkeSaId elder = bob.ikeSas().getFirst();
        alice.sad.fewest();
        bob.sad.fewest();

        eventually(
                "the elder's end",
                () -> !bob.ikeSas().isEmpty() && !bob.ikeSas().contains(elder));

        assertThat(bob.sad.fewest()).as("pairs of bob that send, at any time").isPositive();
        assertThat(alice.sad.fewest()).as("pairs of alice").isPositive();
    }

    @Test
    void aPairThatTheSaTableForgotIsDeletedAtThePeer() throws Exception {
        alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        alice.stop();
        alice.sad.pairs().forEach(p -> alice.sad.delete(p.inbound(), Reason.of(ReasonCode.LIFETIME_OVER)));
        alice.start();
        eventually("the delete", () -> bob.sad.pairs().isEmpty());
        assertThat(alice.ikeSas()).hasSize(1);
    }

    @Test
    void aPeerThatIsNoLongerConfiguredLosesItsIkeSa() throws Exception {
        alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        alice.peers.peers.clear();
        alice.running().generationChanged(alice.peers);
        eventually(
                "the end on both sides",
                () -> alice.ikeSas().isEmpty() && bob.ikeSas().isEmpty());
        assertThat(bob.sad.pairs()).isEmpty();
    }

    @Test
    void whoeverCancelsIsAnswered() throws Exception {
        alice.start();
        Negotiation negotiation = alice.negotiate("p0");
        negotiation.cancel();
        NegotiationResult result = result(negotiation);
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(((NegotiationResult.Refused) result).reason().code()).isEqualTo(ReasonCode.CANCELLED);
        eventually("nothing is left", () -> alice.ikeSas().isEmpty());
    }

    @Test
    void whoeverWaitsWhenTheBundleStopsIsAnswered() throws Exception {
        alice.start();
        Negotiation negotiation = alice.negotiate("p0");
        alice.stop();
        assertThat(((NegotiationResult.Refused) result(negotiation)).reason().code())
                .isEqualTo(ReasonCode.SHUTTING_DOWN);
    }

    @Test
    void aPeerThatStartedAnewIsFoundWithinTheHoldTime() throws Exception {
        alice.start();
        bob.start();
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        bob.stop();
        bob.sad.list("ike-sa").forEach(id -> bob.sad.remove(id, bob.ports.nextEpoch()));
        bob.start();
        assertThat(result(alice.negotiate("p1"))).isInstanceOf(NegotiationResult.Established.class);
        assertThat(alice.ikeSas()).hasSize(1);
        eventually("his view of it", () -> bob.ikeSas().size() == 1);
    }

    @Test
    void anObserverHearsOfEachExchangeAndNeverOfKeys() throws Exception {
        alice.start();
        bob.start();
        List<ObservedExchange> ofAlice = new CopyOnWriteArrayList<>();
        List<ObservedExchange> ofBob = new CopyOnWriteArrayList<>();
        alice.running().addObserver(ofAlice::add);
        bob.running().addObserver(ofBob::add);
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Established.class);
        alice.running().delete(alice.ikeSas().getFirst(), Reason.of(ReasonCode.UNNEEDED, "1m"));
        eventually("three exchanges", () -> ofAlice.size() == 3 && ofBob.size() == 3);
        assertThat(ofAlice)
                .extracting(ObservedExchange::exchange)
                .containsExactly("IKE_SA_INIT", "IKE_AUTH", "INFORMATIONAL");
        assertThat(ofAlice).allMatch(ObservedExchange::ours).noneMatch(e -> e.took()
                .isZero());
        assertThat(ofBob).noneMatch(ObservedExchange::ours);
        assertThat(ofAlice).extracting(ObservedExchange::outcome).containsOnly(ObservedExchange.Outcome.ANSWERED);
        assertThat(ofAlice.get(1).request()).contains("AUTH", "SA", "TSi");
        assertThat(ofBob.get(1).response()).isEqualTo(ofAlice.get(1).response());
        assertThat(ofAlice.get(1).ikeSa()).isPresent();
        assertThat(ofAlice)
                .extracting(ObservedExchange::initiatorSpi)
                .containsOnly(ofBob.getFirst().initiatorSpi());
    }

    @Test
    void anObserverHearsThatNobodyAnswered() throws Exception {
        alice.start();
        List<ObservedExchange> seen = new CopyOnWriteArrayList<>();
        alice.running().addObserver(seen::add);
        assertThat(result(alice.negotiate("p0"))).isInstanceOf(NegotiationResult.Unreachable.class);
        eventually("one exchange", () -> seen.size() == 1);
        assertThat(seen.getFirst().outcome()).isEqualTo(ObservedExchange.Outcome.UNANSWERED);
        assertThat(seen.getFirst().retransmissions()).isEqualTo(4);
    }
}
