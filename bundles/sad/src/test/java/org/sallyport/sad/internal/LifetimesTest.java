package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SpiKey;

class LifetimesTest {
    private static final long GRANT = 1 << 20;

    private final World world = World.withPlane();
    private final PairTable table = world.sad.table();
    private final ChildSaId lineage = world.lineage();
    private SpiKey pair = new SpiKey(IpsecProtocol.ESP, 0);

    private void up(Lifetimes lifetimes) throws Exception {
        pair = world.up(spec(lineage).lifetimes(lifetimes).build(), 1);
        use(lineage);
    }

    /** Nobody asks for a successor of what nobody uses. */
    private void use(ChildSaId used) {
        assertThat(world.sad.leases().lease(used, World.request(used.number(), 80)))
                .isPresent();
    }

    private static Lifetimes volume(long softOctets, long hardOctets, long softPackets, long hardPackets) {
        return new Lifetimes(
                Duration.ofHours(8), Duration.ofHours(9), softOctets, hardOctets, softPackets, hardPackets);
    }

    @BeforeEach
    void nothingAskedYet() {
        assertThat(world.negotiator.rekeys).isEmpty();
    }

    @Test
    void asksForASuccessorAtTheSoftLifetime() throws Exception {
        up(Lifetimes.DEFAULT);
        world.pass(Duration.ofMinutes(54).minusSeconds(1));
        assertThat(world.negotiator.rekeys).isEmpty();
        world.pass(Duration.ofSeconds(1));
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        assertThat(table.handle(lineage)).isPresent();
    }

    @Test
    void asksAgainWhileNoSuccessorComesAndStopsWhenOneDoes() throws Exception {
        up(Lifetimes.DEFAULT);
        world.pass(Duration.ofMinutes(56));
        assertThat(world.negotiator.rekeys).hasSize(2);
        SpiKey successor = world.up(spec(lineage).build(), 2);
        table.retire(pair);
        world.pass(Duration.ofMinutes(3));
        assertThat(world.negotiator.rekeys).hasSize(2);
        table.delete(pair, Reason.of(ReasonCode.REKEYED));
        assertThat(table.handle(lineage)).map(h -> h.inbound()).contains(successor);
    }

    @Test
    void asksUpToTheJitterEarlier() throws Exception {
        world.settings = new SadSettings(256, 0xffff_ffffL, 1000, (int) GRANT, 50, 500_000, 200_000);
        for (int i = 0; i < 50; i++) {
            world.now.addAndGet(1_000_003);
            ChildSaId another = world.lineage();
            world.up(spec(another).build(), 100 + i);
            use(another);
        }
        world.pass(Duration.ofMinutes(27).minusSeconds(1));
        assertThat(world.negotiator.rekeys).isEmpty();
        world.pass(Duration.ofMinutes(13));
        assertThat(Set.copyOf(world.negotiator.rekeys).size()).isBetween(1, 49);
    }

    @Test
    void endsAtTheHardLifetimeAndTellsThePeer() throws Exception {
        up(Lifetimes.DEFAULT);
        world.pass(Duration.ofHours(1));
        assertThat(table.handle(lineage)).isEmpty();
        assertThat(world.memory.used()).isZero();
        assertThat(world.negotiator.deletes).containsExactly(lineage);
        assertThat(world.negotiator.reasons.getFirst().code()).isEqualTo(ReasonCode.LIFETIME_OVER);
        assertThat(world.timers.size()).isLessThanOrEqualTo(1);
    }

    @Test
    void theHardLifetimeOfAPredecessorLeavesTheLineageAlone() throws Exception {
        up(Lifetimes.DEFAULT);
        world.pass(Duration.ofMinutes(55));
        SpiKey successor = world.up(spec(lineage).build(), 2);
        world.pass(Duration.ofMinutes(6));
        assertThat(table.pair(pair)).isEmpty();
        assertThat(table.pair(successor)).isPresent();
        assertThat(world.negotiator.deletes).isEmpty();
    }

    @Test
    void endsWhenOctetsReachTheHardLimit() throws Exception {
        up(volume(1_000_000, 2_000_000, 0, 0));
        world.pass(Duration.ofSeconds(5));
        world.plane.carry(pair, Optional.empty(), 800, 999_999);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).isEmpty();
        world.plane.carry(pair, Optional.empty(), 1, 1);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        world.plane.carry(pair, Optional.empty(), 800, 1_000_000);
        world.pass(Duration.ofSeconds(11));
        assertThat(table.handle(lineage)).isEmpty();
    }

    @Test
    void endsWhenPacketsReachTheHardLimit() throws Exception {
        up(volume(0, 0, 1000, 1500));
        world.plane.carry(pair, Optional.empty(), 999, 9);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).isEmpty();
        world.plane.carry(pair, Optional.empty(), 1, 9);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        world.plane.carry(pair, Optional.empty(), 500, 9);
        world.pass(Duration.ofSeconds(11));
        assertThat(table.handle(lineage)).isEmpty();
        assertThat(world.negotiator.reasons.getFirst().code()).isEqualTo(ReasonCode.LIFETIME_OVER);
    }

    @Test
    void eitherDirectionCountsForItself() throws Exception {
        up(volume(1_000_000, 2_000_000, 0, 0));
        world.plane.carry(pair, Optional.empty(), 800, 600_000);
        world.plane.carry(pair, Optional.of(world.plane.sender(1)), 800, 600_000);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).isEmpty();
        world.plane.carry(pair, Optional.of(world.plane.sender(1)), 800, 400_000);
        world.pass(Duration.ofSeconds(11));
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
    }

    @Test
    void volumesAreReachedUpToTheJitterEarlierButHardOnesExactly() throws Exception {
        world.settings = new SadSettings(256, 0xffff_ffffL, 1000, (int) GRANT, 50, 500_000, 200_000);
        Map<ChildSaId, SpiKey> pairs = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            world.now.addAndGet(1_000_003);
            ChildSaId another = world.lineage();
            pairs.put(
                    another,
                    world.up(
                            spec(another)
                                    .lifetimes(
                                            i % 2 == 0
                                                    ? volume(1_000_000, 1_000_001, 0, 0)
                                                    : volume(0, 0, 10_000, 10_001))
                                    .build(),
                            100 + i));
            use(another);
        }
        carryEach(pairs, 4_999, 499_999);
        assertThat(world.negotiator.rekeys).isEmpty();
        carryEach(pairs, 2_500, 250_000);
        assertThat(Set.copyOf(world.negotiator.rekeys).size()).isBetween(10, 40);
        carryEach(pairs, 2_501, 250_001);
        assertThat(Set.copyOf(world.negotiator.rekeys)).hasSize(50);
        assertThat(world.negotiator.deletes).isEmpty();
        carryEach(pairs, 1, 1);
        assertThat(world.negotiator.deletes).hasSize(50);
    }

    private void carryEach(Map<ChildSaId, SpiKey> pairs, long packets, long octets) {
        pairs.values().forEach(p -> world.plane.carry(p, Optional.empty(), packets, octets));
        world.pass(Duration.ofSeconds(11));
    }

    @Test
    void looksTheSoonerTheFasterOctetsFlow() throws Exception {
        up(volume(0, 1_000_000_000, 0, 0));
        long perTenth = 10_000_000;
        int tenths = 0;
        while (table.pair(pair).isPresent() && tenths++ < 200) {
            world.plane.carry(pair, Optional.empty(), 1000, perTenth);
            world.pass(Duration.ofMillis(100));
        }
        assertThat(tenths).isBetween(100, 105);
    }

    /** As a worker does: when half of a grant is used it asks for more, and each time is an occasion to look. */
    @ParameterizedTest
    @CsvSource({"0, 0, 90000, 100000, 64", "90000000, 100000000, 0, 0, 1000", "90000000, 100000000, 0, 0, 64"})
    void whatIsSentInAMomentIsNoticedBetweenSoftAndHard(
            long softOctets, long hardOctets, long softPackets, long hardPackets, int octets) throws Exception {
        up(volume(softOctets, hardOctets, softPackets, hardPackets));
        InstalledSa out = world.plane.sender(1);
        long sent = 0;
        long steps = 0;
        while (world.negotiator.rekeys.isEmpty()) {
            long half = (limit(out) - sent + 1) / 2;
            world.plane.carry(pair, Optional.of(out), half, half * octets);
            sent += half;
            world.sad.grants().request(pair);
            assertThat(++steps).isLessThan(10_000);
        }
        assertThat(sent).isGreaterThanOrEqualTo(softPackets).isLessThan(softPackets == 0 ? Long.MAX_VALUE : 95_000);
        assertThat(sent * octets)
                .isGreaterThanOrEqualTo(softOctets)
                .isLessThan(softOctets == 0 ? Long.MAX_VALUE : 95_000_000);
        assertThat(table.handle(lineage)).isPresent();
    }

    /** What only comes in asks for no grants; a gigabit that begins after a long silence is noticed by time. */
    @Test
    void whatBeginsToComeAfterALongSilenceIsNoticedBetweenSoftAndHard() throws Exception {
        up(volume(900_000_000, 1_400_000_000, 0, 0));
        world.pass(Duration.ofMinutes(5));
        long perTenth = 12_500_000;
        long received = 0;
        while (world.negotiator.rekeys.isEmpty()) {
            world.plane.carry(pair, Optional.empty(), 10_000, perTenth);
            received += perTenth;
            world.pass(Duration.ofMillis(100));
            assertThat(received).isLessThan(1_200_000_000);
        }
        assertThat(received).isGreaterThanOrEqualTo(900_000_000);
    }

    @Test
    void neverGrantsPastTheHardLimitOfPackets() throws Exception {
        up(volume(0, 0, 1000, 1500));
        InstalledSa out = world.plane.sender(1);
        assertThat(limit(out)).isEqualTo(1024);
        world.plane.carry(pair, Optional.of(out), 1000, 1000);
        world.sad.grants().request(pair);
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        assertThat(limit(out)).isEqualTo(1500);
    }

    @Test
    void raisesTheSequenceLimitOnRequest() throws Exception {
        up(Lifetimes.DEFAULT);
        InstalledSa out = world.plane.sender(1);
        assertThat(limit(out)).isEqualTo(GRANT);
        world.plane.carry(pair, Optional.of(out), GRANT - 10, 0);
        world.sad.grants().request(pair);
        assertThat(limit(out)).isEqualTo(2 * GRANT - 10);
        world.sad.grants().request(pair);
        assertThat(limit(out)).isEqualTo(2 * GRANT - 10);
        assertThat(world.negotiator.rekeys).isEmpty();
        table.delete(pair, Reason.of(ReasonCode.REKEYED));
        world.sad.grants().request(pair);
        assertThat(limit(out)).isZero();
    }

    @Test
    void withoutExtendedNumbersItStopsAtTheirEndAndAsksForASuccessorBefore() throws Exception {
        pair = world.up(spec(lineage).suite(new SaSuite(20, 256, 0, false)).build(), 1);
        use(lineage);
        InstalledSa out = world.plane.sender(1);
        world.plane.carry(pair, Optional.of(out), 0xe000_0000L, 0);
        world.sad.grants().request(pair);
        assertThat(world.negotiator.rekeys).isEmpty();
        world.plane.carry(pair, Optional.of(out), 0x1800_0000L, 0);
        world.sad.grants().request(pair);
        assertThat(world.negotiator.rekeys).containsExactly(lineage);
        world.plane.carry(pair, Optional.of(out), 0x07ff_fff0L, 0);
        world.sad.grants().request(pair);
        assertThat(limit(out)).isEqualTo(0xffff_ffffL);
        assertThat(world.negotiator.rekeys).hasSize(1);
    }

    private static long limit(InstalledSa out) {
        return out.slot().get(JAVA_LONG, SaSlotLayout.SEQ_LIMIT);
    }
}
