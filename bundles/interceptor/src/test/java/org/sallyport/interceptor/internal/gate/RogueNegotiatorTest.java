package org.sallyport.interceptor.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;

/** A negotiator that others wrote harms its own flows and no others, whatever it does. */
@Timeout(30)
class RogueNegotiatorTest {
    private static final String NAME = "acme";
    private static final String THEIRS = "192.0.2.7";
    private static final String OURS = "198.51.100.9";
    private static final Duration HOLD = Duration.ofSeconds(20);

    private final FakeSurroundings world = new FakeSurroundings();
    private final Gate gate = world.gate(new HoldLimits(64, 64));
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() {
        released.countDown();
        world.plugins().close();
    }

    private interface Behaviour {
        Negotiation negotiate(NegotiationRequest request);
    }

    private Negotiator install(Behaviour behaviour) {
        Negotiator negotiator = new Negotiator() {
            @Override
            public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
                return behaviour.negotiate(request);
            }

            @Override
            public void rekey(ChildSaId lineage) {}

            @Override
            public void rekey(IkeSaId ikeSa) {}

            @Override
            public void delete(ChildSaId lineage, Reason reason) {}

            @Override
            public void delete(IkeSaId ikeSa, Reason reason) {}
        };
        world.plugins().add(negotiator, Map.of(Negotiator.NAME, NAME));
        return negotiator;
    }

    private static Negotiation answering(CompletionStage<NegotiationResult> result) {
        return new Negotiation() {
            @Override
            public CompletionStage<NegotiationResult> result() {
                return result;
            }

            @Override
            public void cancel() {
                throw new IllegalStateException("cancelled");
            }
        };
    }

    /** Two policies: one for the rogue, one for a negotiator that works. */
    private void policies(Duration holdTime) {
        world.policy("ours", Action.PROTECT, OURS, HOLD);
        world.add(Policy.builder("theirs", Action.PROTECT)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                        List.of(TrafficSelector.of(AddressRange.parse(THEIRS)))))
                .holdTime(holdTime)
                .peer(FakeSurroundings.PEER)
                .negotiator(NAME)
                .proposals(List.of(Proposal.parse("aes128gcm16-x25519")))
                .build());
    }

    private static FlowRequest request(long cookie, String remote) {
        Flow flow =
                new Flow(0, IpProtocol.TCP, Addresses.parse("10.0.0.1"), (int) cookie, Addresses.parse(remote), 443);
        Requester requester =
                Requester.builder().pid(4711).userId(1000).program("curl").build();
        return FlowRequest.ofSocket(flow, requester, cookie);
    }

    private static Admission outcome(Admission admission) throws Exception {
        return admission instanceof Admission.Held held
                ? held.hold().outcome().toCompletableFuture().get(10, TimeUnit.SECONDS)
                : admission;
    }

    private Reason refusal(long cookie) throws Exception {
        Admission.Refuse refused = (Admission.Refuse) outcome(gate.admit(request(cookie, THEIRS)));
        assertThat(refused.errno()).isEqualTo(Errno.EHOSTUNREACH);
        return refused.reason();
    }

    private void othersGoOn(long cookie) throws Exception {
        assertThat(outcome(gate.admit(request(cookie, OURS)))).isInstanceOf(Admission.Proceed.class);
    }

    @Test
    void oneThatThrows() throws Exception {
        policies(HOLD);
        install(request -> {
            throw new IllegalStateException("no idea");
        });
        assertThat(refusal(1))
                .isEqualTo(Reason.of(
                        ReasonCode.NEGOTIATOR_FAILED, NAME, "threw java.lang.IllegalStateException: no idea"));
        assertThat(refusal(2).code()).as("its thread goes on").isEqualTo(ReasonCode.NEGOTIATOR_FAILED);
        othersGoOn(3);
    }

    @Test
    void oneWhoseClassesAreMissing() throws Exception {
        policies(HOLD);
        install(request -> {
            throw new NoClassDefFoundError("com/acme/Library");
        });
        assertThat(refusal(1).text()).contains("acme").contains("com/acme/Library");
        othersGoOn(2);
    }

    @Test
    void oneThatDoesNotReturnHoldsNobodyElse() throws Exception {
        policies(Duration.ofMillis(500));
        install(request -> {
            awaitUninterruptibly();
            return answering(new CompletableFuture<>());
        });
        long asked = System.nanoTime();
        Admission first = gate.admit(request(1, THEIRS));
        Admission second = gate.admit(request(2, THEIRS));
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(400));
        othersGoOn(3);
        for (Admission each : List.of(first, second)) {
            Admission.Refuse refused = (Admission.Refuse) outcome(each);
            assertThat(refused.errno()).isEqualTo(Errno.ETIMEDOUT);
            assertThat(refused.reason().code()).isEqualTo(ReasonCode.HOLD_TIME_OVER);
        }
        othersGoOn(4);
    }

    private void awaitUninterruptibly() {
        boolean over = false;
        while (!over) {
            try {
                over = released.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException ignored) {
                over = false; // a plugin that does not care
            }
        }
    }

    @Test
    void oneThatNeverAnswersAndDoesNotLetItselfBeCancelled() throws Exception {
        policies(Duration.ofMillis(300));
        install(request -> answering(new CompletableFuture<>()));
        Admission.Refuse refused = (Admission.Refuse) outcome(gate.admit(request(1, THEIRS)));
        assertThat(refused.reason()).isEqualTo(Reason.of(ReasonCode.HOLD_TIME_OVER, "theirs", "300 ms"));
        assertThat(((Admission.Refuse) outcome(gate.admit(request(2, THEIRS)))).errno())
                .isEqualTo(Errno.ETIMEDOUT);
        othersGoOn(3);
    }

    @Test
    void oneThatAnswersNothingAtAll() throws Exception {
        policies(HOLD);
        install(request -> nothing());
        assertThat(refusal(1).text()).contains("NullPointerException");
        othersGoOn(2);
    }

    @SuppressWarnings("NullAway") // plugins are not checked for null
    private static Negotiation nothing() {
        return null;
    }

    @Test
    @SuppressWarnings("NullAway")
    void oneThatAnswersNullOrAFailure() throws Exception {
        policies(HOLD);
        Negotiator first = install(request -> answering(CompletableFuture.completedFuture(null)));
        assertThat(refusal(1)).isEqualTo(Reason.of(ReasonCode.NEGOTIATOR_FAILED, NAME, "answered nothing"));
        world.plugins().remove(first);
        install(request -> answering(CompletableFuture.failedFuture(new IllegalStateException("lost"))));
        assertThat(refusal(2).text()).contains("lost");
        othersGoOn(3);
    }

    @Test
    void oneThatSpeaksOfAnSaThatIsNotThere() throws Exception {
        policies(HOLD);
        SaPairHandle invented = new SaPairHandle(
                new ChildSaId(new IkeSaId(FakeSurroundings.PEER, 77), 77),
                new SpiKey(IpsecProtocol.ESP, 0x777),
                new SpiKey(IpsecProtocol.ESP, 0x778));
        install(request -> answering(CompletableFuture.completedFuture(new NegotiationResult.Established(invented))));
        List<Admission> several =
                List.of(gate.admit(request(1, THEIRS)), gate.admit(request(2, THEIRS)), gate.admit(request(3, THEIRS)));
        for (Admission each : several) {
            assertThat(((Admission.Refuse) outcome(each)).reason().text())
                    .contains(NAME)
                    .contains("not there");
        }
        othersGoOn(4);
    }

    @Test
    void oneThatAnswersTwiceIsBelievedOnce() throws Exception {
        policies(HOLD);
        install(request -> answering(new Twice(world.establish(request, request.selectors()))));
        assertThat(outcome(gate.admit(request(1, THEIRS)))).isInstanceOf(Admission.Proceed.class);
        assertThat(outcome(gate.admit(request(2, THEIRS)))).isInstanceOf(Admission.Proceed.class);
        othersGoOn(3);
    }

    /** A stage that tells whoever listens the same twice, and then the contrary. */
    private static final class Twice extends CompletableFuture<NegotiationResult> {
        private final NegotiationResult answer;

        Twice(NegotiationResult answer) {
            this.answer = answer;
        }

        @Override
        public CompletableFuture<NegotiationResult> whenComplete(
                java.util.function.BiConsumer<? super NegotiationResult, ? super Throwable> action) {
            NegotiationResult refused = new NegotiationResult.Refused(Reason.of(ReasonCode.CANCELLED));
            List.of(answer, answer, refused).forEach(each -> action.accept(each, null));
            return this;
        }
    }

    @Test
    void oneThatGoesWhileSomebodyWaits() throws Exception {
        policies(HOLD);
        Negotiator gone = install(request -> answering(new CompletableFuture<>()));
        Admission held = gate.admit(request(1, THEIRS));
        world.plugins().remove(gone);
        assertThat(((Admission.Refuse) outcome(held)).reason())
                .isEqualTo(Reason.of(ReasonCode.NEGOTIATOR_ABSENT, NAME));
        assertThat(refusal(2).text())
                .isEqualTo("negotiator \"acme\" is not running: install or start the bundle that provides it");
        othersGoOn(3);
    }
}
