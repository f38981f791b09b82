package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.selectors;
import static org.sallyport.sad.internal.World.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.OuterDf;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

class PolicySweepTest {
    private final World world = World.withPlane();
    private final ChildSaId kept = world.lineage();
    private final ChildSaId touched = world.lineage();

    @BeforeEach
    void twoPolicies() throws Exception {
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS).build(),
                protect("second", selectors("10.1.0.0/24", "10.5.0.0/16")).build());
        world.up(spec(kept).build(), 1);
        world.up(
                spec(touched)
                        .policy("second")
                        .selectors(selectors("10.1.0.0/24", "10.5.0.0/24"))
                        .build(),
                2);
    }

    @Test
    void endsWhatIsNoLongerInForceThroughItsNegotiator() {
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS).build());
        world.sad.generationChanged();
        assertThat(world.negotiator.deletes).containsExactly(touched);
        assertThat(world.negotiator.reasons.getFirst().code()).isEqualTo(ReasonCode.POLICY_GONE);
        assertThat(world.sad.table().handle(kept)).isPresent();
    }

    @Test
    void whatPolicyHasGoByAnotherEntryLeavesItsSaAndNothingElseDoes() {
        LeaseBook leases = world.sad.leases();
        world.sad.generationChanged();
        assertThat(leases.lease(kept, request(1, 80))).isPresent();
        assertThat(leases.lease(kept, request(2, 81))).isPresent();
        Policy inFront = protect("in front", selectors("10.1.0.1", "10.2.0.1"))
                .names(new NameSelector(Set.of(1001), Set.of(), Set.of(), Set.of(), Set.of()))
                .build();
        Policy[] policies =
                Objects.requireNonNull(world.spd).current().policies().toArray(Policy[]::new);

        world.spd = World.generation(2, concat(inFront, policies));
        world.sad.generationChanged();
        assertThat(leases.useCount(kept)).as("it is for somebody else").isEqualTo(2);

        Policy everybody = inFront.toBuilder("everybody", Action.PROTECT)
                .names(NameSelector.ANYBODY)
                .selectors(World.selectors("10.1.0.1", "10.2.0.1", 80))
                .build();
        world.spd = World.generation(3, concat(everybody, policies));
        world.sad.generationChanged();
        assertThat(leases.find(request(1, 80))).isEmpty();
        assertThat(leases.find(request(2, 81))).isPresent();
        assertThat(world.negotiator.deletes).isEmpty();
        assertThat(leases.useCount(kept)).as("the policy may come back").isEqualTo(2);
        leases.ended(request(1, 80).holder());
        assertThat(leases.useCount(kept)).isEqualTo(1);
    }

    @Test
    void whatStandsTreatsHeadersAsItsPolicySaysNow() {
        assertThat(dscp(1)).containsOnly(SaSlotLayout.DSCP_COPIED);
        world.spd = World.generation(
                2,
                protect(World.POLICY, World.SELECTORS)
                        .outerDscp(OptionalInt.of(0))
                        .build(),
                protect("second", selectors("10.1.0.0/24", "10.5.0.0/16"))
                        .outerDscp(OptionalInt.of(46))
                        .build());
        assertThat(dscp(1)).as("before it is told").containsOnly(SaSlotLayout.DSCP_COPIED);
        world.sad.generationChanged();
        assertThat(dscp(1)).containsOnly(SaSlotLayout.DSCP_SET);
        assertThat(dscp(2)).containsOnly(SaSlotLayout.DSCP_SET | 46);
        world.spd = World.generation(3, protect(World.POLICY, World.SELECTORS).build());
        world.sad.generationChanged();
        assertThat(dscp(1)).containsOnly(SaSlotLayout.DSCP_COPIED);
        assertThat(world.negotiator.deletes).containsExactly(touched);
    }

    @Test
    void whatIsMadeTreatsHeadersAsItsPolicySays() throws Exception {
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS)
                .outerDscp(OptionalInt.of(8))
                .build());
        world.up(spec(world.lineage()).build(), 3);
        assertThat(dscp(3)).containsOnly(SaSlotLayout.DSCP_SET | 8);
    }

    /** A policy that changes between the two directions of a pair counts for both. */
    @Test
    void whatIsHalfMadeTreatsHeadersAsItsPolicySaysNow() throws Exception {
        SpiKey inbound = world.reserve();
        try (SaKeys keys = World.keys(1)) {
            world.sad.table().installInbound(inbound, spec(kept).build(), keys);
        }
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS)
                .outerDscp(OptionalInt.of(8))
                .build());
        try (SaKeys keys = World.keys(2)) {
            world.sad.table().activateOutbound(inbound, 3, keys);
        }
        assertThat(dscp(3)).containsOnly(SaSlotLayout.DSCP_SET | 8);
    }

    @Test
    void lengthsTooButNeverAgainstThePeersWish() throws Exception {
        world.up(spec(world.lineage()).paddingRefused(true).build(), 3);
        assertThat(treatment(1, SaSlotLayout.TFC_PADDING)).containsOnly(SaSlotLayout.TFC_NONE);
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS)
                .tfcPadding(OptionalInt.of(Policy.PADDED_FITTING))
                .build());
        world.sad.generationChanged();
        assertThat(treatment(1, SaSlotLayout.TFC_PADDING)).containsOnly(SaSlotLayout.TFC_FITTING);
        assertThat(treatment(3, SaSlotLayout.TFC_PADDING)).containsOnly(SaSlotLayout.TFC_NONE);
        world.up(spec(world.lineage()).build(), 4);
        world.up(spec(world.lineage()).paddingRefused(true).build(), 5);
        assertThat(treatment(4, SaSlotLayout.TFC_PADDING)).containsOnly(SaSlotLayout.TFC_FITTING);
        assertThat(treatment(5, SaSlotLayout.TFC_PADDING)).containsOnly(SaSlotLayout.TFC_NONE);
    }

    @Test
    void segmentSizesToo() {
        assertThat(treatment(1, SaSlotLayout.TCP_MSS)).containsOnly(SaSlotLayout.TCP_MSS_FITTING);
        world.spd = World.generation(
                2,
                protect(World.POLICY, World.SELECTORS)
                        .tcpMss(OptionalInt.empty())
                        .build(),
                protect("second", selectors("10.1.0.0/24", "10.5.0.0/16"))
                        .tcpMss(OptionalInt.of(1300))
                        .build());
        world.sad.generationChanged();
        assertThat(treatment(1, SaSlotLayout.TCP_MSS)).containsOnly(SaSlotLayout.TCP_MSS_KEPT);
        assertThat(treatment(2, SaSlotLayout.TCP_MSS)).containsOnly(1300);
    }

    @Test
    void andTheDfBit() {
        assertThat(treatment(1, SaSlotLayout.OUTER_DF)).containsOnly(SaSlotLayout.DF_COPIED);
        world.spd = World.generation(
                2,
                protect(World.POLICY, World.SELECTORS).outerDf(OuterDf.SET).build(),
                protect("second", selectors("10.1.0.0/24", "10.5.0.0/16"))
                        .outerDf(OuterDf.CLEAR)
                        .build());
        world.sad.generationChanged();
        assertThat(treatment(1, SaSlotLayout.OUTER_DF)).containsOnly(SaSlotLayout.DF_SET);
        assertThat(treatment(2, SaSlotLayout.OUTER_DF)).containsOnly(SaSlotLayout.DF_CLEARED);
    }

    private List<Integer> dscp(int peerSpi) {
        return treatment(peerSpi, SaSlotLayout.OUTER_DSCP);
    }

    /** What the slots of both directions say, of the pair with this SPI of the peer's. */
    private List<Integer> treatment(int peerSpi, int field) {
        SpiKey inbound = world.sad.table().all().stream()
                .filter(pair -> pair.outboundKey().orElseThrow().spi() == peerSpi)
                .map(Pair::key)
                .findFirst()
                .orElseThrow();
        return Stream.of(world.plane.receiver(inbound), world.plane.sender(peerSpi))
                .map(sa -> sa.slot().get(JAVA_INT, field))
                .toList();
    }

    private static Policy[] concat(Policy first, Policy[] others) {
        return Stream.concat(Stream.of(first), Arrays.stream(others)).toArray(Policy[]::new);
    }

    @Test
    void saysBeforehandWhatWouldEnd() {
        Spd candidate = World.policies(protect(World.POLICY, World.SELECTORS).build());
        assertThat(world.sad.inspection().endedBy(candidate.current()))
                .extracting(ChildSaView::lineage)
                .containsExactly(touched);
        assertThat(world.sad
                        .inspection()
                        .endedBy(World.policies(
                                        protect(World.POLICY, World.SELECTORS).build(),
                                        protect("second", selectors("10.1.0.0/24", "10.5.0.0/16"))
                                                .order(3)
                                                .build())
                                .current()))
                .isEmpty();
        assertThat(world.negotiator.deletes).isEmpty();
    }

    @Test
    void endsItAloneWhenTheNegotiatorTakesTooLong() {
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS).build());
        world.sad.generationChanged();
        assertThat(world.memory.used()).isEqualTo(4);
        world.pass(Sad.NEGOTIATED_END);
        assertThat(world.memory.used()).isEqualTo(2);
    }

    @Test
    void whatIsBeingEndedIsNeitherSentByNorLeasedNorSucceeded() throws Exception {
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS).build());
        world.sad.generationChanged();
        assertThat(world.sad.table().handle(touched)).isEmpty();
        assertThat(world.sad.table().find("second", World.flow("10.1.0.1", "10.5.0.1", 80)))
                .isEmpty();
        assertThat(world.sad.leases().lease(touched, World.request(1, 80))).isEmpty();
        assertThat(world.plane.calls).contains("retire 00000002");
        assertThatThrownBy(() -> world.up(spec(touched).build(), 3))
                .isInstanceOfSatisfying(
                        SaRefusedException.class,
                        e -> assertThat(e.reason().code()).isEqualTo(ReasonCode.POLICY_GONE));
    }

    @Test
    void endsItAtOnceWhenThereIsNoNegotiator() {
        world.negotiators.clear();
        world.spd = World.policies(protect(World.POLICY, World.SELECTORS).build());
        world.sad.generationChanged();
        assertThat(world.sad.table().handle(touched)).isEmpty();
        assertThat(world.sad.table().handle(kept)).isPresent();
    }

    @Test
    void endsNothingBeforeTheFirstPoliciesWereRead() {
        world.spd = World.generation(0);
        world.sad.generationChanged();
        assertThat(world.negotiator.deletes).isEmpty();
    }

    @Test
    void endsWhatIsNoLongerCovered() {
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS).build(),
                protect("second", selectors("10.1.0.0/24", "10.5.0.128/25")).build());
        world.sad.generationChanged();
        assertThat(world.negotiator.deletes).containsExactly(touched);
    }

    @Test
    void leavesWhatIsStillCovered() {
        world.spd = World.policies(
                protect("second", selectors("10.1.0.0/24", "10.5.0.0/23"))
                        .order(7)
                        .build(),
                protect(World.POLICY, World.SELECTORS).replayWindow(64).build());
        world.sad.generationChanged();
        assertThat(world.negotiator.deletes).isEmpty();
    }
}
