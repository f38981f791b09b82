package org.sallyport.interceptor.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.linux.sockdiag.FoundSocket;

class PacketAdmissionTest {
    private static final String REMOTE = "192.0.2.1";
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final FoundSocket CONNECTED = new FoundSocket(7, 1000, 99, true, true);
    private static final FoundSocket ARRIVING = new FoundSocket(8, 0, 0, true, false);
    private static final FoundSocket SERVER = new FoundSocket(9, 0, 55, false, true);

    private final FakeSurroundings world = new FakeSurroundings();
    private final Gate gate = world.gate(new HoldLimits(8, 4));
    private final Owners owners = new Owners();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final PacketAdmission packets = new PacketAdmission(gate, world, owners, Runnable::run, timer);

    /** Answers one after the other; the last one for ever. */
    private static final class Owners implements SocketOwners {
        private final Deque<Optional<FoundSocket>> answers = new ArrayDeque<>();
        private volatile boolean local = true;
        private volatile Optional<Long> closing = Optional.empty();
        private volatile Requester asked = Requester.UNKNOWN;

        void answer(List<Optional<FoundSocket>> inOrder) {
            answers.addAll(inOrder);
        }

        @Override
        public boolean isLocal(Flow flow) {
            return local;
        }

        @Override
        public synchronized Optional<FoundSocket> find(Flow flow) {
            return answers.size() > 1 ? answers.remove() : answers.getFirst();
        }

        @Override
        public Optional<Long> closing(Flow flow) {
            return closing;
        }

        @Override
        public Requester requester(Flow flow, FoundSocket socket) {
            return asked;
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void aForwardedFlowIsHeldAndHoldsItsLeaseItself() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        owners.local = false;
        owners.answer(List.of(Optional.empty()));

        Admission.Held held = (Admission.Held) packets.admit(flow(1));
        assertThat(gate.holds().feed().values().getFirst().parked()).isTrue();
        Admission.Proceed proceed =
                (Admission.Proceed) held.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS);

        assertThat(proceed.lease().orElseThrow().holder()).isEqualTo(new LeaseHolder.Packets(flow(1)));
        assertThat(world.bound()).isEmpty();
        ChildSaId lineage = proceed.lease().orElseThrow().lineage();
        assertThat(world.sad().useCount(lineage)).isEqualTo(1);
        packets.ended(flow(1));
        assertThat(world.sad().useCount(lineage)).isZero();
    }

    @Test
    void aSocketThatNoLauncherStartedHoldsTheLease() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        owners.answer(List.of(Optional.of(CONNECTED)));

        Admission.Held held = (Admission.Held) packets.admit(flow(1));
        held.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS);

        assertThat(world.sad().sockets()).containsExactly(7L);
        assertThat(gate.holds().recent().getFirst().requester().userId()).isEqualTo(1000);
    }

    @Test
    void wherePolicyNamesSomebodyItIsFoundOutWhoSendsAndTheFlowIsBound() throws Exception {
        world.policyOf(1001, "alice", REMOTE, HOLD);
        owners.answer(List.of(Optional.of(CONNECTED)));
        owners.asked = Requester.builder().userId(1001).program("mail").build();

        Admission.Held held = (Admission.Held) packets.admit(flow(1));
        held.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS);

        assertThat(world.bound()).containsExactly(flow(1));
        owners.asked = Requester.builder().userId(0).build();
        assertThat(packets.admit(flow(2))).isInstanceOfSatisfying(Admission.Refuse.class, refuse -> assertThat(
                        refuse.reason().text())
                .contains("not for user 0"));
    }

    /** The last acknowledgement of a connection comes from the kernel when its program may be gone. */
    @Test
    void whatAClosedConnectionStillSendsIsItsProgramsAndNobodyElses() throws Exception {
        world.policyOf(1001, "alice", REMOTE, HOLD);
        owners.answer(List.of(Optional.of(CONNECTED), Optional.empty()));
        owners.asked = Requester.builder().userId(1001).program("mail").build();
        Admission.Held held = (Admission.Held) packets.admit(flow(1));
        held.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS);
        world.sad().ended(new LeaseHolder.Socket(CONNECTED.cookie()));

        assertThat(packets.admit(flow(1))).as("another one's, or nobody's").isInstanceOf(Admission.Refuse.class);
        owners.closing = Optional.of(CONNECTED.cookie());
        assertThat(packets.admit(flow(1))).isInstanceOfSatisfying(Admission.Proceed.class, proceed -> assertThat(
                        proceed.lease().orElseThrow().holder())
                .isEqualTo(new LeaseHolder.Packets(flow(1))));
        owners.closing = Optional.of(12L);
        assertThat(packets.admit(flow(2))).isInstanceOf(Admission.Refuse.class);
    }

    /** The kernel says 0 of the owner of a connection that arrives, which is root's number. */
    @Test
    void aConnectionThatArrivesIsNotTakenForRoots() throws Exception {
        world.policyOf(0, "root", REMOTE, HOLD);
        owners.answer(List.of(Optional.of(ARRIVING)));
        assertThat(packets.admit(flow(1))).isInstanceOf(Admission.Refuse.class);

        world.clearPolicies();
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        Admission.Held held = (Admission.Held) packets.admit(flow(1));
        assertThat(gate.holds().feed().values().getFirst().requester()).isEqualTo(Requester.UNKNOWN);
        Admission.Proceed proceed =
                (Admission.Proceed) held.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(proceed.lease().orElseThrow().holder()).isEqualTo(new LeaseHolder.Packets(flow(1)));
    }

    @Test
    void aSocketThatIsGoneBeforeItsLeaseWasMadeKeepsNothing() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.empty()));
        gate.admit(FlowRequest.ofSocket(flow(1), Requester.UNKNOWN, 7));
        assertThat(world.sad().useCount(lineage)).isEqualTo(1);

        packets.begun(flow(1), lineage);

        until(() -> world.sad().useCount(lineage) == 0);
    }

    @Test
    void aConnectionThatArrivesIsLeasedToItsPacketsUntilItHasASocket() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.of(ARRIVING), Optional.of(ARRIVING), Optional.of(CONNECTED)));

        packets.begun(flow(1), lineage);

        until(() -> world.sad().useCount(lineage) == 1);
        assertThat(world.sad().sockets()).isEmpty();
        until(() -> world.sad().sockets().contains(7L));
        assertThat(world.sad().useCount(lineage)).isEqualTo(1);
        packets.ended(flow(1));
        assertThat(world.sad().useCount(lineage)).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsOverAlreadyNeedsNoLease() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.empty()));

        packets.begun(flow(1), lineage);

        Thread.sleep(600);
        assertThat(world.sad().useCount(lineage)).isZero();
    }

    @Test
    void aServerOfDatagramsDoesNotHoldEveryAskersSaForEver() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.of(SERVER)));

        packets.begun(flow(1), lineage);

        until(() -> world.sad().useCount(lineage) == 1);
        assertThat(world.sad().sockets()).isEmpty();
    }

    @Test
    void aSenderOfDatagramsThatAskedIsNotCountedTwice() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.of(SERVER)));
        gate.admit(FlowRequest.ofSocket(flow(1), Requester.UNKNOWN, SERVER.cookie()));

        packets.begun(flow(1), lineage);

        Thread.sleep(600);
        assertThat(world.sad().useCount(lineage)).isEqualTo(1);
        assertThat(world.sad().sockets()).containsExactly(SERVER.cookie());
    }

    @Test
    void aSocketThatWentBeforeItsLeaseWasMadeHoldsNone() throws Exception {
        ChildSaId lineage = standing();
        owners.answer(List.of(Optional.of(CONNECTED), Optional.empty()));

        packets.begun(flow(1), lineage);

        until(() -> owners.answers.size() == 1);
        Thread.sleep(50);
        assertThat(world.sad().useCount(lineage)).isZero();
    }

    @Test
    void oneAddressCannotTakeEveryPlace() {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        owners.local = false;
        owners.answer(List.of(Optional.empty()));
        for (int port = 1; port <= 4; port++) {
            assertThat(packets.admit(flow(port))).isInstanceOf(Admission.Held.class);
        }

        assertThat(packets.admit(flow(5))).isInstanceOfSatisfying(Admission.Refuse.class, r -> assertThat(r.errno())
                .isEqualTo(Errno.ENOBUFS));
        assertThat(packets.admit(new Flow(0, 6, Addresses.parse("10.0.0.2"), 1, Addresses.parse(REMOTE), 443)))
                .isInstanceOf(Admission.Held.class);
    }

    @Test
    void packetsThatKeepComingDoNotHaveThePeerAskedForEach() throws Exception {
        world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        world.fakeNegotiator()
                .script(request ->
                        FakeSurroundings.after(0, () -> new NegotiationResult.Refused(FakeSurroundings.REFUSAL)));
        owners.local = false;
        owners.answer(List.of(Optional.empty()));
        Admission.Held first = (Admission.Held) packets.admit(flow(1));
        assertThat(first.hold().outcome().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isEqualTo(new Admission.Refuse(Errno.ECONNREFUSED, FakeSurroundings.REFUSAL));

        for (int packet = 0; packet < 100; packet++) {
            assertThat(packets.admit(flow(packet)))
                    .isEqualTo(new Admission.Refuse(Errno.ECONNREFUSED, FakeSurroundings.REFUSAL));
        }
        assertThat(world.fakeNegotiator().started()).isEqualTo(1);
        assertThat(gate.admit(FlowRequest.ofSocket(flow(1), Requester.UNKNOWN, 5)))
                .as("a program that tries again")
                .isInstanceOf(Admission.Held.class);
        until(() -> world.fakeNegotiator().started() == 2);
        Thread.sleep(1100);
        assertThat(packets.admit(flow(1))).as("a while later").isInstanceOf(Admission.Held.class);
    }

    private ChildSaId standing() {
        var policy = world.policy("lab", Action.PROTECT, REMOTE, HOLD);
        return world.sad().establish("lab", policy.selectors()).lineage();
    }

    private static Flow flow(int localPort) {
        return new Flow(0, 6, Addresses.parse("10.0.0.1"), localPort, Addresses.parse(REMOTE), 443);
    }

    private static void until(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
