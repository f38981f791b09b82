package org.sallyport.interceptor.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PfpFlag;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;

@Timeout(20)
class GateTest {
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final String REMOTE = "192.0.2.7";

    private final FakeSurroundings world = new FakeSurroundings();
    private final Gate gate = world.gate(new HoldLimits(8, 4));

    @Test
    void whatNoPolicyNamesGoesOnInClear() {
        assertThat(gate.admit(request(1, REMOTE, 80))).isEqualTo(new Admission.Proceed(java.util.Optional.empty()));
        assertThat(world.fakeNegotiator().started()).isZero();
    }

    @Test
    void discardRefusesAtOnceWithTheReason() {
        world.policy("no way", Action.DISCARD, REMOTE, HOLD);

        assertThat(gate.admit(request(1, REMOTE, 80)))
                .isEqualTo(new Admission.Refuse(Errno.EACCES, Reason.of(ReasonCode.POLICY_DISCARDS, "no way")));
    }

    @Test
    void twoUsersHaveSasOfTheirOwnAndAThirdIsRefused() throws Exception {
        world.policyOf(1001, "alice", REMOTE, HOLD);
        world.policyOf(1002, "bob", REMOTE, HOLD);

        Lease alice = leased(gate.admit(by(1001, 1)));
        Lease bob = leased(gate.admit(by(1002, 2)));

        assertThat(alice.lineage()).isNotEqualTo(bob.lineage());
        assertThat(world.fakeNegotiator().started()).isEqualTo(2);
        assertThat(leased(gate.admit(by(1001, 3))).lineage())
                .as("her second connection negotiates nothing")
                .isEqualTo(alice.lineage());
        Admission.Refuse refusal = (Admission.Refuse) gate.admit(by(1003, 4));
        assertThat(refusal.errno()).isEqualTo(Errno.EACCES);
        assertThat(refusal.reason().text()).contains("policy \"alice\" is for others by name, not for mail[77]");
    }

    private static Lease leased(Admission admission) throws Exception {
        Admission ended = admission instanceof Admission.Held ? outcome(admission) : admission;
        return ((Admission.Proceed) ended).lease().orElseThrow();
    }

    private static FlowRequest by(int userId, long cookie) {
        Requester requester =
                Requester.builder().pid(77).userId(userId).program("mail").build();
        return FlowRequest.ofSocket(request(cookie, REMOTE, 80).flow(), requester, cookie);
    }

    @Test
    void aProtectedFlowIsHeldUntilTheSaStandsAndLeasedAndBoundBeforeItIsReleased() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        FlowRequest request = request(1, REMOTE, 80);

        Admission first = gate.admit(request);
        assertThat(first).isInstanceOf(Admission.Held.class);
        assertThat(gate.holds().feed().values()).hasSize(1);
        assertThat(world.bound()).isEmpty();

        Admission outcome = outcome(first);
        assertThat(outcome).isInstanceOfSatisfying(Admission.Proceed.class, proceed -> assertThat(
                        proceed.lease().orElseThrow().holder())
                .isEqualTo(new LeaseHolder.Socket(1)));
        assertThat(world.bound()).containsExactly(request.flow());
        assertThat(world.sad().sockets()).containsExactly(1L);
        assertThat(gate.holds().feed().values()).isEmpty();
        assertThat(gate.holds().recent().getFirst().outcome().orElseThrow()).startsWith("released after");
        assertThat(world.fakeNegotiator().requests().getFirst().trigger()).contains(request.flow());
    }

    @Test
    void aSecondSocketUsesTheStandingSaAndTheFirstOneItsLease() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        outcome(gate.admit(request(1, REMOTE, 80)));

        assertThat(gate.admit(request(2, REMOTE, 81))).isInstanceOf(Admission.Proceed.class);
        assertThat(gate.admit(request(1, REMOTE, 80))).isInstanceOf(Admission.Proceed.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.bound()).hasSize(2);
    }

    @Test
    void whatCouldNotBeLeasedIsRefusedAtOnceAndNotNegotiated() {
        Policy policy = world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        Reason full = Reason.of(ReasonCode.LEASE_LIMIT_REACHED, "the number", 5, "maximum.leases");
        world.sad().fill(full);

        assertThat(gate.admit(request(1, REMOTE, 80))).isEqualTo(new Admission.Refuse(Errno.ENOBUFS, full));
        world.sad().establish("lab", policy.selectors());
        assertThat(gate.admit(request(1, REMOTE, 80))).isEqualTo(new Admission.Refuse(Errno.ENOBUFS, full));

        assertThat(world.fakeNegotiator().started()).isZero();
        assertThat(world.bound()).isEmpty();
    }

    @Test
    void oneNegotiationServesAllThatWait() throws Exception {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        List<Admission> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(gate.admit(request(i, "192.0.2." + i, 80)));
        }

        for (Admission admission : held) {
            assertThat(outcome(admission)).isInstanceOf(Admission.Proceed.class);
        }
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.sad().sockets()).hasSize(4);
    }

    @Test
    void anSaThatCameToStandWhileItWasMissedIsUsedAndNotNegotiatedAgain() throws Exception {
        Policy policy = world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.sad().afterNextLook(() -> world.sad().establish("lab", policy.selectors()));

        assertThat(outcome(gate.admit(request(1, REMOTE, 80)))).isInstanceOf(Admission.Proceed.class);
        assertThat(world.fakeNegotiator().started()).isZero();
        assertThat(world.sad().sockets()).containsExactly(1L);
        assertThat(gate.holds().feed().values()).isEmpty();
    }

    @Test
    void populatedSelectorsSeparateNegotiations() throws Exception {
        world.add(Policy.builder("each", Action.PROTECT)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                        List.of(TrafficSelector.of(AddressRange.parse("192.0.2.0/24")))))
                .pfp(Set.of(PfpFlag.REMOTE_ADDRESS))
                .peer(FakeSurroundings.PEER)
                .proposals(List.of(Proposal.parse("aes128gcm16-x25519")))
                .holdTime(HOLD)
                .build());
        Admission one = gate.admit(request(1, "192.0.2.1", 80));
        Admission two = gate.admit(request(2, "192.0.2.2", 80));
        Admission again = gate.admit(request(3, "192.0.2.2", 81));

        assertThat(outcome(one)).isInstanceOf(Admission.Proceed.class);
        assertThat(outcome(two)).isInstanceOf(Admission.Proceed.class);
        assertThat(outcome(again)).isInstanceOf(Admission.Proceed.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(2);
        assertThat(world.fakeNegotiator().requests().getFirst().selectors().remote())
                .containsExactly(TrafficSelector.of(AddressRange.parse("192.0.2.1")));
    }

    @Test
    void thePeersNarrowerAnswerMakesTheOthersAskForThemselves() throws Exception {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(
                        20,
                        () -> world.establish(
                                request,
                                new Selectors(
                                        request.selectors().local(),
                                        List.of(TrafficSelector.of(AddressRange.of(
                                                request.trigger().orElseThrow().remote())))))));
        Admission one = gate.admit(request(1, "192.0.2.1", 80));
        Admission two = gate.admit(request(2, "192.0.2.2", 80));

        assertThat(outcome(one)).isInstanceOf(Admission.Proceed.class);
        assertThat(outcome(two)).isInstanceOf(Admission.Proceed.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(2);
    }

    @Test
    void anAnswerThatCoversNotEvenTheFlowThatAskedRefuses() throws Exception {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(
                        1,
                        () -> world.establish(
                                request,
                                new Selectors(
                                        request.selectors().local(),
                                        List.of(TrafficSelector.of(AddressRange.parse("198.51.100.1")))))));

        assertThat(refusal(gate.admit(request(1, REMOTE, 80))).errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
    }

    @Test
    void refusalReachesEverybodyWithThePeersWords() throws Exception {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        world.fakeNegotiator()
                .script(request ->
                        FakeSurroundings.after(20, () -> new NegotiationResult.Refused(FakeSurroundings.REFUSAL)));
        Admission one = gate.admit(request(1, "192.0.2.1", 80));
        Admission two = gate.admit(request(2, "192.0.2.2", 80));

        Admission.Refuse expected = new Admission.Refuse(Errno.ECONNREFUSED, FakeSurroundings.REFUSAL);
        assertThat(outcome(one)).isEqualTo(expected);
        assertThat(outcome(two)).isEqualTo(expected);
        assertThat(gate.holds().recent().getFirst().outcome().orElseThrow()).contains("refused our authentication");
    }

    @Test
    void aPeerThatDoesNotAnswerIsATimeOut() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        Reason reason = Reason.of(ReasonCode.PEER_UNREACHABLE, "peer", 6);
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(20, () -> new NegotiationResult.Unreachable(reason)));

        assertThat(outcome(gate.admit(request(1, REMOTE, 80))))
                .isEqualTo(new Admission.Refuse(Errno.ETIMEDOUT, reason));
    }

    @Test
    void nobodyIsHeldLongerThanThePolicySays() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, Duration.ofMillis(200));
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        long start = System.nanoTime();

        Admission.Refuse refusal = refusal(gate.admit(request(1, REMOTE, 80)));

        assertThat(refusal.errno()).isEqualTo(Errno.ETIMEDOUT);
        assertThat(refusal.reason().text()).contains("hold time of 200 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(190), Duration.ofSeconds(2));
        until(() -> world.fakeNegotiator().cancelled() == 1);
    }

    @Test
    void aNegotiationIsCancelledWhenEverybodyIsGoneAndNotBefore() throws Exception {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        Hold one = hold(gate.admit(request(1, "192.0.2.1", 80)));
        Hold two = hold(gate.admit(request(2, "192.0.2.2", 80)));

        one.abandon();
        Thread.sleep(500);
        assertThat(world.fakeNegotiator().cancelled()).isZero();
        two.abandon();
        two.abandon();
        until(() -> world.fakeNegotiator().cancelled() == 1);
        assertThat(gate.holds().feed().values()).isEmpty();
    }

    @Test
    void aRestartedCallJoinsTheRunningNegotiation() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.fakeNegotiator()
                .script(request -> FakeSurroundings.after(800, () -> world.establish(request, request.selectors())));
        FlowRequest request = request(1, REMOTE, 80);
        hold(gate.admit(request)).abandon();
        Admission again = gate.admit(request);

        assertThat(outcome(again)).isInstanceOf(Admission.Proceed.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(world.fakeNegotiator().cancelled()).isZero();
    }

    @Test
    void holdsAreBoundedForEachUserAndInAll() {
        world.policy("lab", Action.PROTECT, "192.0.2.0/24", HOLD);
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        List<Hold> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(hold(gate.admit(request(i, REMOTE, i))));
        }

        assertThat(gate.admit(request(10, REMOTE, 10)))
                .isInstanceOfSatisfying(Admission.Refuse.class, refuse -> assertThat(refuse.errno())
                        .isEqualTo(Errno.ENOBUFS));
        for (int i = 0; i < 4; i++) {
            assertThat(gate.admit(request(20 + i, REMOTE, 20 + i, 1001))).isInstanceOf(Admission.Held.class);
        }
        assertThat(gate.admit(request(30, REMOTE, 30, 1002))).isInstanceOf(Admission.Refuse.class);
        held.getFirst().abandon();
        assertThat(gate.admit(request(31, REMOTE, 31, 1002))).isInstanceOf(Admission.Held.class);
    }

    @Test
    void aPolicyThatChangesMeanwhileIsHeeded() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        Admission held = gate.admit(request(1, REMOTE, 80));
        world.clearPolicies();
        world.policy("closed", Action.DISCARD, REMOTE, HOLD);

        assertThat(refusal(held).errno()).isEqualTo(Errno.EACCES);
    }

    @Test
    void aConnectionThatStartsByHandWaitsForNobody() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.peerStarts(Start.BY_HAND);

        Admission.Refuse refusal = refusal(gate.admit(request(1, REMOTE, 80)));

        assertThat(refusal.errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(refusal.reason().text())
                .isEqualTo("connection \"peer\" is started by hand alone: sallyport:connection-up peer");
        assertThat(world.fakeNegotiator().started()).isZero();
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.removeNegotiator();

        Admission.Refuse refusal = refusal(gate.admit(request(1, REMOTE, 80)));

        assertThat(refusal.errno()).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(refusal.reason().text()).contains("negotiator \"ikev2\" is not running");
    }

    @Test
    void aCallerThatDoesNotWaitGoesOnAndItsPacketsWait() throws Exception {
        world.park();
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);

        assertThat(gate.admitAtOnce(request(1, REMOTE, 80))).isEqualTo(new Admission.Parked());
        assertThat(gate.holds().feed().values())
                .as("what waits is what it sends")
                .isEmpty();

        Admission waiting = gate.admitCalled(request(1, REMOTE, 80).flow()).orElseThrow();
        assertThat(gate.holds().feed().values())
                .singleElement()
                .satisfies(hold -> assertThat(hold.requester().program()).isEqualTo("curl"));
        outcome(waiting);
        assertThat(gate.admitAtOnce(request(1, REMOTE, 80))).isInstanceOf(Admission.Proceed.class);
    }

    @Test
    void aCallAsksAnewThoughPacketsThatKeepComingDoNot() throws Exception {
        world.park();
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.fakeNegotiator()
                .script(request ->
                        CompletableFuture.completedFuture(new NegotiationResult.Refused(FakeSurroundings.REFUSAL)));
        assertThat(outcome(gate.admitParked(request(1, REMOTE, 80)))).isInstanceOf(Admission.Refuse.class);
        assertThat(gate.admitParked(request(1, REMOTE, 80))).isInstanceOf(Admission.Refuse.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);

        assertThat(gate.admitAtOnce(request(2, REMOTE, 81))).isEqualTo(new Admission.Parked());
        assertThat(outcome(gate.admitCalled(request(2, REMOTE, 81).flow()).orElseThrow()))
                .isInstanceOf(Admission.Refuse.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(2);
        assertThat(gate.admitCalled(request(2, REMOTE, 81).flow()))
                .as("each call asks once")
                .isEmpty();
        assertThat(gate.admitParked(request(2, REMOTE, 81))).isInstanceOf(Admission.Refuse.class);
        assertThat(world.fakeNegotiator().started()).isEqualTo(2);
    }

    @Test
    void aCallerThatDoesNotWaitIsHeldWhereNothingParks() {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);

        assertThat(gate.admitAtOnce(request(1, REMOTE, 80))).isInstanceOf(Admission.Held.class);
    }

    @Test
    void withoutADataPlaneNothingIsReleased() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.removeDataPlanes();

        Admission.Refuse refusal = refusal(gate.admit(request(1, REMOTE, 80)));

        assertThat(refusal.reason().code()).isEqualTo(ReasonCode.DATA_PLANE_ABSENT);
        assertThat(world.sad().sockets()).isEmpty();
    }

    @Test
    void whenTheGateStopsNobodyIsLeftWaiting() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        Admission held = gate.admit(request(1, REMOTE, 80));

        gate.close();

        assertThat(refusal(held).reason().code()).isEqualTo(ReasonCode.SHUTTING_DOWN);
    }

    private static FlowRequest request(long cookie, String remote, int localPort) {
        return request(cookie, remote, localPort, 1000);
    }

    private static FlowRequest request(long cookie, String remote, int localPort, int user) {
        Flow flow = new Flow(0, IpProtocol.TCP, Addresses.parse("10.0.0.1"), localPort, Addresses.parse(remote), 443);
        Requester requester =
                Requester.builder().pid(4711).userId(user).program("curl").build();
        return FlowRequest.ofSocket(flow, requester, cookie);
    }

    private static Hold hold(Admission admission) {
        return ((Admission.Held) admission).hold();
    }

    private static Admission outcome(Admission admission) throws InterruptedException, ExecutionException {
        try {
            return hold(admission).outcome().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the hold does not end", e);
        }
    }

    private static Admission.Refuse refusal(Admission admission) throws InterruptedException, ExecutionException {
        return (Admission.Refuse) outcome(admission);
    }

    private static void until(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
