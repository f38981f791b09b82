package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

class LingeringTest {
    private static final Duration TICK = Duration.ofMillis(100);

    private final World world = World.withPlane();
    private final LeaseBook leases = world.sad.leases();
    private final ChildSaId lineage = world.lineage();

    @BeforeEach
    void aMinute() {
        linger(Duration.ofMinutes(1));
    }

    private void linger(@Nullable Duration linger) {
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS).linger(linger).build());
    }

    private void changeLinger(@Nullable Duration linger) {
        linger(linger);
        world.sad.generationChanged();
    }

    private Lease lease(long socket) {
        return leases.lease(lineage, request(socket, 80)).orElseThrow();
    }

    private void requireEndedAfter(Duration time) {
        world.pass(time.minus(TICK));
        assertThat(world.negotiator.deletes).isEmpty();
        world.pass(TICK);
        assertThat(world.negotiator.deletes).containsExactly(lineage);
    }

    @Test
    void endsAfterItsTimeByTheNegotiator() throws Exception {
        SpiKey pair = world.up(spec(lineage).build(), 1);
        Lease lease = lease(1);
        world.pass(Duration.ofMinutes(10));
        lease.close();
        requireEndedAfter(Duration.ofMinutes(1));
        assertThat(world.negotiator.reasons).containsExactly(Reason.of(ReasonCode.UNNEEDED, "60 s"));
        assertThat(world.negotiator.reasons.getFirst().text()).isEqualTo("nobody used it for 60 s");
        assertThat(leases.lease(lineage, request(2, 80))).isEmpty();
        assertThat(world.sad.table().handle(lineage)).isEmpty();
        world.sad.table().delete(pair, world.negotiator.reasons.getFirst());
        assertThat(world.memory.used()).isZero();
        world.pass(Duration.ofHours(2));
        assertThat(world.negotiator.deletes).hasSize(1);
        assertThat(world.timers.size()).isZero();
    }

    @Test
    void endsAloneWhenTheNegotiatorTakesTooLong() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.pass(Duration.ofMinutes(1).plus(Sad.NEGOTIATED_END));
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void beginsWithTheActivationWhereNobodyLeases() throws Exception {
        world.up(spec(lineage).build(), 1);
        requireEndedAfter(Duration.ofMinutes(1));
    }

    @Test
    void staysAsLongAsASilentSocketHoldsIt() throws Exception {
        world.up(
                spec(lineage)
                        .lifetimes(new Lifetimes(Duration.ofDays(8), Duration.ofDays(9), 0, 0, 0, 0))
                        .build(),
                1);
        lease(1);
        Lease second = lease(2);
        second.close();
        world.pass(Duration.ofHours(20));
        assertThat(world.negotiator.deletes).isEmpty();
        leases.ended(new LeaseHolder.Socket(1));
        requireEndedAfter(Duration.ofMinutes(1));
    }

    @Test
    void isUsedAgainWithoutANegotiationAndLingersAnew() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.pass(Duration.ofSeconds(59));
        Lease lease = lease(1);
        world.pass(Duration.ofSeconds(30));
        lease.close();
        requireEndedAfter(Duration.ofMinutes(1));
    }

    @Test
    void whatEndsAtOnceWaitsUntilNothingHasPassedForTwoSeconds() throws Exception {
        linger(Duration.ZERO);
        SpiKey pair = world.up(spec(lineage).build(), 1);
        lease(1).close();
        world.pass(Duration.ofMillis(1500));
        used(pair);
        world.pass(Duration.ofMillis(1500));
        world.plane.sender(1).slot().set(JAVA_LONG, SaSlotLayout.LAST_USED, world.now.get());
        requireEndedAfter(Lingering.QUIET);
    }

    @Test
    void packetsWithoutALeaseKeepItForAMinuteAtMost() throws Exception {
        linger(Duration.ZERO);
        SpiKey pair = world.up(spec(lineage).build(), 1);
        lease(1).close();
        for (int second = 0; second < 59; second++) {
            used(pair);
            world.pass(Duration.ofSeconds(1));
            assertThat(world.negotiator.deletes).isEmpty();
        }
        used(pair);
        world.pass(Duration.ofSeconds(1));
        assertThat(world.negotiator.deletes).containsExactly(lineage);
    }

    @Test
    void aPacketOfAPairThatIsGoneCountsToo() throws Exception {
        linger(Duration.ZERO);
        SpiKey first = world.up(spec(lineage).build(), 1);
        Lease lease = lease(1);
        world.up(spec(lineage).build(), 2);
        lease.close();
        world.pass(Duration.ofMillis(1900));
        used(first);
        world.sad.table().delete(first, Reason.of(ReasonCode.REKEYED));
        requireEndedAfter(Lingering.QUIET);
    }

    private void used(SpiKey pair) {
        world.plane.receiver(pair).slot().set(JAVA_LONG, SaSlotLayout.LAST_USED, world.now.get());
    }

    @Test
    void staysForItsLifetimeWherePolicySaysSoAndIsNotRekeyed() throws Exception {
        linger(null);
        world.up(spec(lineage).build(), 1);
        lease(1).close();
        world.pass(Duration.ofMinutes(59));
        assertThat(world.negotiator.deletes).isEmpty();
        assertThat(world.negotiator.rekeys).isEmpty();
        world.pass(Duration.ofMinutes(1));
        assertThat(world.memory.used()).isZero();
        assertThat(world.negotiator.reasons.getFirst().code()).isEqualTo(ReasonCode.LIFETIME_OVER);
    }

    @Test
    void isRekeyedAtOnceWhenItIsLeasedAgainAfterItsSoftLifetime() throws Exception {
        linger(null);
        world.up(spec(lineage).build(), 1);
        world.pass(Duration.ofMinutes(55));
        assertThat(world.negotiator.rekeys).isEmpty();
        lease(1);
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        lease(2);
        assertThat(world.negotiator.rekeys).hasSize(1);
    }

    @Test
    void isNotRekeyedForALeaseBeforeItsSoftLifetime() throws Exception {
        world.up(spec(lineage).build(), 1);
        lease(1).close();
        lease(2);
        assertThat(world.negotiator.rekeys).isEmpty();
    }

    @Test
    void whatThePeerInitiatedEndsByThePeersWordOrItsLifetime() throws Exception {
        world.up(spec(lineage).initiator(false).build(), 1);
        lease(1).close();
        world.pass(Duration.ofMinutes(53));
        assertThat(world.negotiator.deletes).isEmpty();
        world.pass(Duration.ofMinutes(1));
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
    }

    @Test
    void theFirstPairDecidesWhoInitiatedIt() throws Exception {
        world.up(spec(lineage).build(), 1);
        lease(1);
        world.up(spec(lineage).initiator(false).build(), 2);
        leases.ended(new LeaseHolder.Socket(1));
        requireEndedAfter(Duration.ofMinutes(1));
    }

    @Test
    void aChangedPolicyAppliesToWhatLingersAtOnce() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.pass(Duration.ofSeconds(30));
        changeLinger(null);
        world.pass(Duration.ofMinutes(5));
        assertThat(world.negotiator.deletes).isEmpty();
        changeLinger(Duration.ofMinutes(10));
        world.pass(Duration.ofMinutes(4));
        assertThat(world.negotiator.deletes).isEmpty();
        changeLinger(Duration.ofMinutes(2));
        assertThat(world.negotiator.deletes).containsExactly(lineage);
    }

    @Test
    void showsForHowLongNobodyNeededIt() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.pass(Duration.ofSeconds(7));
        assertThat(unneeded()).contains(Duration.ofSeconds(7));
        Lease lease = lease(1);
        assertThat(unneeded()).isEmpty();
        lease.close();
        assertThat(unneeded()).contains(Duration.ZERO);
    }

    @Test
    void showsItForThePeersOnlyAfterSomebodyUsedThem() throws Exception {
        world.up(spec(lineage).initiator(false).build(), 1);
        world.pass(Duration.ofSeconds(7));
        assertThat(unneeded()).isEmpty();
        lease(1).close();
        world.pass(Duration.ofSeconds(3));
        assertThat(unneeded()).contains(Duration.ofSeconds(3));
    }

    private Optional<Duration> unneeded() {
        return world.sad.inspection().list().getFirst().unneeded();
    }

    @Test
    void whatEndsOtherwiseLeavesNothingBehind() throws Exception {
        SpiKey pair = world.up(spec(lineage).build(), 1);
        lease(1);
        world.sad.table().delete(pair, Reason.of(ReasonCode.DELETED_BY_PEER, "berlin"));
        world.pass(Duration.ofMinutes(5));
        assertThat(world.negotiator.deletes).isEmpty();
        assertThat(world.timers.size()).isZero();
    }
}
