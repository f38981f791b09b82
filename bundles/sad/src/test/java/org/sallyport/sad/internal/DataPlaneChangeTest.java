package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sallyport.sad.internal.World.flow;
import static org.sallyport.sad.internal.World.keys;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SpiKey;

class DataPlaneChangeTest {
    private static final Reason GONE = Reason.of(ReasonCode.REKEYED);

    private final World world = World.withPlane();
    private final PairTable table = world.sad.table();
    private final ChildSaId lineage = world.lineage();
    private final FakePlane next = new FakePlane();

    @Test
    void givesEveryLivingSaToANewDataPlaneInOrder() throws Exception {
        SpiKey old = world.up(spec(lineage).build(), 1);
        SpiKey successor = world.up(spec(lineage).build(), 2);
        table.retire(old);
        SpiKey half = world.reserve();
        table.installInbound(half, spec(world.lineage()).build(), keys(1));
        SpiKey dead = world.up(spec(world.lineage()).build(), 3);
        table.delete(dead, GONE);

        world.sad.dataPlaneAppeared(next);

        assertThat(next.inbound).containsOnlyKeys(old, successor, half);
        assertThat(next.outbound.values()).extracting(sa -> sa.key().spi()).containsExactly(2);
        assertThat(next.calls).endsWith("caught up");
        assertThat(next.calls.indexOf("install " + successor)).isLessThan(next.calls.indexOf("activate 00000002"));
    }

    @Test
    void aNewOneHearsOfWhatIsOnlyReserved() throws Exception {
        SpiKey before = table.reserveSpi(IpsecProtocol.ESP);
        world.sad.dataPlaneAppeared(next);
        SpiKey after = table.reserveSpi(IpsecProtocol.ESP);
        assertThat(next.reserved).containsExactlyInAnyOrder(before, after);
    }

    @Test
    void bothHearOfWhatChangesWhileTheyStandSideBySide() throws Exception {
        SpiKey first = world.up(spec(lineage).build(), 1);
        world.sad.dataPlaneAppeared(next);
        SpiKey second = world.up(spec(lineage).build(), 2);
        table.delete(first, GONE);
        assertThat(world.plane.inbound).containsOnlyKeys(second);
        assertThat(next.inbound).containsOnlyKeys(second);

        world.sad.dataPlaneVanished(world.plane);
        table.delete(second, GONE);
        assertThat(next.inbound).isEmpty();
        assertThat(world.plane.inbound).containsOnlyKeys(second);
    }

    @Test
    void dependsOnANewDataPlaneOnlyOnceItHasEverything() throws Exception {
        world.up(spec(lineage).build(), 1);
        next.refusesInbound = true;
        world.sad.dataPlaneAppeared(next);
        assertThat(world.negotiator.deletes).isEmpty();
        assertThat(next.caughtUp).isTrue();
        assertThatThrownBy(() -> world.up(spec(world.lineage()).build(), 2)).isInstanceOf(SaRefusedException.class);
    }

    @Test
    void endsWhatTheOnlyDataPlaneDoesNotTake() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.sad.dataPlaneVanished(world.plane);
        next.refusesInbound = true;
        world.sad.dataPlaneAppeared(next);
        assertThat(world.negotiator.deletes).containsExactly(lineage);
        assertThat(world.negotiator.reasons.getFirst().code()).isEqualTo(ReasonCode.CAPABILITY_ABSENT);
    }

    @Test
    void endsWhatTheOneThatIsLeftRefused() throws Exception {
        world.up(spec(lineage).build(), 1);
        next.refusesInbound = true;
        world.sad.dataPlaneAppeared(next);
        assertThat(world.negotiator.deletes).isEmpty();
        world.sad.dataPlaneVanished(world.plane);
        assertThat(world.negotiator.deletes).containsExactly(lineage);
    }

    @Test
    void promisesNothingWhileThereIsNoDataPlane() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.sad.dataPlaneVanished(world.plane);
        assertThat(table.handle(lineage)).isEmpty();
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).isEmpty();
        world.sad.dataPlaneAppeared(next);
        assertThat(table.handle(lineage)).isPresent();
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).contains(lineage);
    }

    @Test
    void slotsWaitUntilWorkersOfADepartedDataPlaneHaveEnded() throws Exception {
        SpiKey pair = world.up(spec(lineage).build(), 1);
        world.sad.dataPlaneVanished(world.plane);
        table.delete(pair, GONE);
        assertThat(world.memory.used()).isEqualTo(2);
        world.pass(Slots.QUARANTINE);
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void slotsWaitWhereARemovalWasNotConfirmed() throws Exception {
        SpiKey pair = world.up(spec(lineage).build(), 1);
        world.plane.failsToRemove = true;
        table.delete(pair, GONE);
        assertThat(world.memory.used()).isEqualTo(2);
        world.pass(Slots.QUARANTINE.plus(Duration.ofSeconds(1)));
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void whatFlowsLeasedEndsAWhileAfterTheDataPlaneThatKnewThem() throws Exception {
        world.up(spec(lineage).build(), 1);
        lease(passing(1));
        lease(request(5, 80));
        world.sad.dataPlaneVanished(world.plane);
        world.pass(LeaseBook.UNTOLD.minusSeconds(1));
        assertThat(world.sad.leases().useCount(lineage)).isEqualTo(2);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.sad.leases().sockets()).containsExactly(5L);
        assertThat(world.sad.leases().useCount(lineage)).isEqualTo(1);
    }

    @Test
    void aSuccessorKeepsTheLeasesOfTheFlowsThatItCarries() throws Exception {
        world.up(spec(lineage).build(), 1);
        lease(passing(1));
        lease(passing(2));
        world.sad.dataPlaneVanished(world.plane);
        world.pass(LeaseBook.UNTOLD.minusSeconds(1));
        world.sad.dataPlaneAppeared(next);
        world.pass(LeaseBook.UNTOLD.minusSeconds(1));
        assertThat(world.sad.leases().useCount(lineage))
                .as("time to come again")
                .isEqualTo(2);
        lease(passing(2));
        world.pass(LeaseBook.UNTOLD);
        assertThat(world.sad.leases().find(passing(1))).isEmpty();
        assertThat(world.sad.leases().find(passing(2))).isPresent();
    }

    @Test
    void whatASuccessorCarriesAlreadyStaysWhenItsPredecessorGoes() throws Exception {
        world.up(spec(lineage).build(), 1);
        lease(passing(1));
        lease(passing(2));
        world.sad.dataPlaneAppeared(next);
        lease(passing(1));
        world.sad.dataPlaneVanished(world.plane);
        world.pass(LeaseBook.UNTOLD.multipliedBy(2));
        assertThat(world.sad.leases().find(passing(1))).isPresent();
        assertThat(world.sad.leases().find(passing(2))).isEmpty();
    }

    private void lease(FlowRequest request) {
        assertThat(world.sad.leases().lease(lineage, request)).isPresent();
    }

    private static FlowRequest passing(int number) {
        return FlowRequest.ofPackets(flow("10.1.0." + number, "10.2.0.1", 80), Origin.FORWARDED);
    }

    @Test
    void bindingsFollowTheLeases() throws Exception {
        world.up(spec(lineage).build(), 1);
        Lease lease = world.sad.leases().lease(lineage, request(5, 80)).orElseThrow();
        assertThat(world.sad.leases().lease(lineage, request(6, 81))).isPresent();
        world.plane.bind(request(5, 80).flow(), lineage);
        world.plane.bind(request(6, 81).flow(), lineage);

        world.sad.dataPlaneAppeared(next);
        assertThat(next.bindings).hasSize(2).containsEntry(request(5, 80).flow(), lineage);

        lease.close();
        assertThat(next.bindings).containsOnlyKeys(request(6, 81).flow());
        assertThat(world.plane.bindings).containsOnlyKeys(request(6, 81).flow());
    }
}
