package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.flow;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.selectors;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.SpiKey;

/** What becomes of those who use a lineage when another takes over from it, as after a reauthentication. */
class LeaseHandOverTest {
    private final World world = World.withPlane();
    private final LeaseBook leases = world.sad.leases();
    private final ChildSaId elder = world.lineage();
    private final ChildSaId heir = world.lineage();
    private final Flow http = flow("10.1.0.1", "10.2.0.1", 80);

    @BeforeEach
    void nothingIsKept() {
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS).linger(Duration.ZERO).build());
    }

    @Test
    void theHeirHasTheirLeasesAndFlows() throws Exception {
        SpiKey first = world.up(spec(elder).build(), 1);
        Lease lease = leases.lease(elder, request(1, 80)).orElseThrow();
        world.plane.bind(http, elder);
        world.up(spec(heir).build(), 2);
        assertThat(leases.useCount(elder)).isEqualTo(1);

        world.sad.table().retire(first);
        assertThat(lease.lineage()).isEqualTo(heir);
        assertThat(leases.useCount(elder)).isZero();
        assertThat(leases.useCount(heir)).isEqualTo(1);
        assertThat(leases.find(request(1, 80))).contains(lease);
        assertThat(world.plane.bindings).containsEntry(http, heir);

        world.sad.table().delete(first, Reason.of(ReasonCode.REAUTHENTICATED));
        world.pass(Duration.ofMinutes(5));
        assertThat(world.negotiator.deletes).as("the heir is in use").isEmpty();
        lease.close();
        assertThat(world.plane.bindings).isEmpty();
        world.pass(Duration.ofMinutes(5));
        assertThat(world.negotiator.deletes).containsExactly(heir);
    }

    @Test
    void whoUsesBothUsesTheHeirOnce() throws Exception {
        SpiKey first = world.up(spec(elder).build(), 1);
        Lease old = leases.lease(elder, request(1, 80)).orElseThrow();
        world.up(spec(heir).build(), 2);
        Lease lease = leases.lease(heir, request(1, 81)).orElseThrow();
        world.sad.table().retire(first);
        assertThat(leases.useCount(heir)).isEqualTo(1);
        assertThat(leases.find(request(1, 80))).contains(lease);
        assertThat(world.plane.bindings).containsEntry(http, heir);
        old.close();
        assertThat(leases.useCount(heir)).isEqualTo(1);
        lease.close();
        assertThat(leases.useCount(heir)).isZero();
        assertThat(world.plane.bindings).isEmpty();
    }

    @Test
    void whatTheHeirDoesNotCarryStaysAndEndsWithTheElder() throws Exception {
        SpiKey first = world.up(spec(elder).build(), 1);
        Lease lease = leases.lease(elder, request(1, 80)).orElseThrow();
        world.up(spec(heir).selectors(selectors("10.1.0.1", "10.2.0.9")).build(), 2);
        world.sad.table().retire(first);
        assertThat(lease.lineage()).isEqualTo(elder);
        world.sad.table().delete(first, Reason.of(ReasonCode.REAUTHENTICATED));
        assertThat(leases.sockets()).isEmpty();
    }

    @Test
    void aSuccessorOfTheSameLineageMovesNothing() throws Exception {
        SpiKey first = world.up(spec(elder).build(), 1);
        Lease lease = leases.lease(elder, request(1, 80)).orElseThrow();
        world.up(spec(heir).build(), 2);
        world.up(spec(elder).build(), 3);
        world.sad.table().retire(first);
        assertThat(lease.lineage()).isEqualTo(elder);
    }

    @Test
    void aNewOneWaitsForItsFirstUser() throws Exception {
        world.up(spec(elder).build(), 1);
        world.pass(Lingering.FIRST_LEASE.minusMillis(100));
        assertThat(world.negotiator.deletes).isEmpty();
        world.pass(Duration.ofMillis(100));
        assertThat(world.negotiator.deletes).containsExactly(elder);
    }
}
