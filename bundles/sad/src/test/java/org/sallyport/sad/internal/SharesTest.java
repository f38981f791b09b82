package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.policy.Sharing;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;

/** Pairs beside others (RFC 9611): for the same and no longer, leased by nobody, and asked for while policy wants them. */
class SharesTest {
    private static final Sharing GROUPS = new Sharing(List.of(Set.of(46), Set.of(34, 36)), false);

    private final World world = World.withPlane();
    private final ChildSaId ordinary = world.lineage();

    @BeforeEach
    void standAPair() throws SaRefusedException {
        policy(GROUPS);
        world.up(World.spec(ordinary).build(), 1);
    }

    private void policy(Sharing sharing) {
        world.spd = World.policies(
                World.protect(World.POLICY, World.SELECTORS).sharing(sharing).build());
    }

    private SaSpec.Builder beside(int number) {
        return World.spec(world.lineage()).share(Optional.of(new Share(number, ordinary)));
    }

    private MemorySegment slot(SpiKey inbound) {
        Side side = world.sad.table().pair(inbound).orElseThrow().outbound();
        return Objects.requireNonNull(side).memory();
    }

    @Test
    void flowsLeaseTheOrdinaryOneAlone() throws SaRefusedException {
        SpiKey inbound = world.up(beside(2).build(), 2);
        assertThat(world.sad.table().find(World.POLICY, World.flow("10.1.0.1", "10.2.0.1", 80)))
                .contains(ordinary);
        assertThat(slot(inbound).get(JAVA_INT, SaSlotLayout.SHARE)).isEqualTo(2);
        assertThat(slot(inbound).get(JAVA_LONG, SaSlotLayout.FALLBACK)).isEqualTo(ordinary.number());
        assertThat(world.sad.inspection().list().stream().map(v -> v.share()))
                .containsExactly(Optional.empty(), Optional.of("dscp 34 36"));
    }

    @Test
    void slotsSayHowPacketsAreSharedOutAsPolicySaysNow() throws SaRefusedException {
        SpiKey inbound = world.up(beside(1).build(), 2);
        assertThat(slot(inbound).get(JAVA_INT, SaSlotLayout.SHARING)).isEqualTo(SaSlotLayout.SHARING_BY_DSCP);
        assertThat(slot(inbound).get(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + 46)).isEqualTo((byte) 1);
        assertThat(slot(inbound).get(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + 36)).isEqualTo((byte) 2);
        assertThat(slot(inbound).get(JAVA_BYTE, SaSlotLayout.DSCP_SHARES)).isZero();
        policy(new Sharing(List.of(), true));
        world.sad.generationChanged();
        assertThat(slot(inbound).get(JAVA_INT, SaSlotLayout.SHARING)).isEqualTo(SaSlotLayout.SHARING_BY_WORKER);
        policy(Sharing.NONE);
        world.sad.generationChanged();
        assertThat(slot(inbound).get(JAVA_INT, SaSlotLayout.SHARING)).isEqualTo(SaSlotLayout.SHARING_NONE);
        assertThat(slot(inbound).get(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + 46)).isZero();
    }

    @Test
    void nothingStandsBesideWhatIsForOthersOrNotThere() {
        assertThatThrownBy(() -> world.up(
                        beside(1)
                                .selectors(World.selectors("10.1.0.0/24", "10.2.0.0/25"))
                                .build(),
                        2))
                .isInstanceOf(SaRefusedException.class)
                .hasMessageContaining("beside");
        Share nowhere = new Share(1, world.lineage());
        assertThatThrownBy(() -> world.up(
                        World.spec(world.lineage()).share(Optional.of(nowhere)).build(), 2))
                .isInstanceOf(SaRefusedException.class);
    }

    @Test
    void nothingStandsBesideWhatStandsBesideAnother() throws SaRefusedException {
        SaSpec first = beside(1).build();
        world.up(first, 2);
        SaSpec second = World.spec(world.lineage())
                .share(Optional.of(new Share(1, first.lineage())))
                .build();
        assertThatThrownBy(() -> world.up(second, 3)).isInstanceOf(SaRefusedException.class);
    }

    @Test
    void itEndsWithTheOrdinaryOneAndNotBefore() throws SaRefusedException {
        SaSpec spec = beside(1).build();
        world.up(spec, 2);
        world.sad.leases().lease(ordinary, World.request(7, 80));
        world.pass(Duration.ofMinutes(10));
        assertThat(world.negotiator.deletes)
                .as("nobody leases it, and it stays")
                .isEmpty();
        world.sad.leases().ended(new org.sallyport.api.sa.LeaseHolder.Socket(7));
        world.pass(Duration.ofMinutes(3));
        assertThat(world.negotiator.deletes).containsExactly(ordinary, spec.lineage());
        world.pass(Sad.NEGOTIATED_END.plusSeconds(1));
        assertThat(world.sad.table().isEmpty()).isTrue();
    }

    @Test
    void itEndsWhenThePeerEndsTheOrdinaryOne() throws SaRefusedException {
        SpiKey inbound = world.sad.table().all().iterator().next().key();
        SaSpec spec = beside(1).build();
        world.up(spec, 2);
        world.sad.table().delete(inbound, Reason.of(ReasonCode.DELETED_BY_PEER, "gw.berlin.example"));
        assertThat(world.negotiator.deletes).containsExactly(spec.lineage());
        assertThatThrownBy(() -> world.up(beside(2).build(), 3))
                .as("not beside what is gone")
                .isInstanceOf(SaRefusedException.class);
    }

    @Test
    void itIsAskedForWhilePolicyWantsIt() {
        world.sad.shareWanted(new Share(2, ordinary));
        world.sad.shareWanted(new Share(3, ordinary));
        world.sad.shareWanted(new Share(1, world.lineage()));
        assertThat(world.negotiator.shares).containsExactly(new Share(2, ordinary));
        policy(Sharing.NONE);
        world.sad.shareWanted(new Share(2, ordinary));
        assertThat(world.negotiator.shares).hasSize(1);
    }
}
