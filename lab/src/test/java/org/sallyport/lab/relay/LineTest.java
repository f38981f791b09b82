package org.sallyport.lab.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LineTest {
    private static final long MILLI = 1_000_000;
    private static final int MANY = 100_000;

    private static Line line(long seed, Impairment impairment) {
        Line line = new Line(new Dice(seed), Direction.OUTBOUND);
        line.impair(impairment);
        return line;
    }

    @Test
    void aLineWithoutImpairmentDeliversAtOnce() {
        assertThat(line(1, Impairment.NONE).send(5, 100, false)).containsExactly(5L);
    }

    @Test
    void delayIsAddedExactly() {
        Line line = line(1, Impairment.NONE.withDelay(Duration.ofMillis(20)));
        assertThat(line.send(7, 100, false)).containsExactly(20 * MILLI + 7);
    }

    @Test
    void theSameSeedHitsTheSamePackets() {
        Impairment lossy = Impairment.NONE.withLoss(0.1);
        List<Boolean> first = deliveries(line(42, lossy));
        assertThat(deliveries(line(42, lossy))).isEqualTo(first);
        assertThat(deliveries(line(43, lossy))).isNotEqualTo(first);
    }

    @Test
    void theLossIsWhatTheDiceSayAndCloseToItsRate() {
        Line line = line(42, Impairment.NONE.withLoss(0.1));
        deliveries(line);
        Dice dice = new Dice(42);
        long expected = LongStream.range(0, MANY)
                .filter(index -> dice.roll(Direction.OUTBOUND, index).loss() < 0.1)
                .count();
        assertThat(line.statistics().lost()).isEqualTo(expected).isBetween(9_700L, 10_300L);
    }

    @Test
    void theTwoDirectionsAreNotHitAlike() {
        Dice dice = new Dice(42);
        long same = LongStream.range(0, MANY)
                .filter(index -> dice.roll(Direction.OUTBOUND, index).loss() < 0.1
                        && dice.roll(Direction.INBOUND, index).loss() < 0.1)
                .count();
        assertThat(same).isBetween(800L, 1_200L);
    }

    @Test
    void duplicatesArriveTwice() {
        Line line = line(7, Impairment.NONE.withDuplication(1));
        assertThat(line.send(3, 100, false)).containsExactly(3L, 3L);
        assertThat(line.statistics().duplicated()).isEqualTo(1);
    }

    @Test
    void jitterKeepsTheOrderAndItsBounds() {
        Line line = line(7, Impairment.NONE.withDelay(Duration.ofMillis(5)).withJitter(Duration.ofMillis(2)));
        long previous = 0;
        boolean varied = false;
        for (int packet = 0; packet < 1000; packet++) {
            long arrival = line.send(packet * MILLI, 100, false).getFirst();
            assertThat(arrival)
                    .isGreaterThanOrEqualTo(previous)
                    .isBetween(packet * MILLI + 5 * MILLI, packet * MILLI + 7 * MILLI);
            varied |= arrival != packet * MILLI + 5 * MILLI;
            previous = arrival;
        }
        assertThat(varied).isTrue();
    }

    @Test
    void onlyPacketsThatAreHeldBackAreOvertaken() {
        Line line = line(7, Impairment.NONE.withReordering(0.2, Duration.ofMillis(3)));
        List<Long> arrivals = new ArrayList<>();
        for (int packet = 0; packet < 1000; packet++) {
            arrivals.addAll(line.send(packet * MILLI, 100, false));
        }
        long late = 0;
        for (int packet = 0; packet < arrivals.size(); packet++) {
            late += arrivals.get(packet) != packet * MILLI ? 1 : 0;
        }
        assertThat(late).isEqualTo(line.statistics().heldBack()).isBetween(150L, 250L);
    }

    @Test
    void bandwidthSpacesPacketsOutAndItsQueueOverflows() {
        Line line = line(7, Impairment.NONE.withBandwidth(8_000_000, 3_000));
        assertThat(line.send(0, 1000, false)).containsExactly(MILLI);
        assertThat(line.send(0, 1000, false)).containsExactly(2 * MILLI);
        assertThat(line.send(0, 1000, false)).containsExactly(3 * MILLI);
        assertThat(line.send(0, 1000, false)).isEmpty();
        assertThat(line.send(MILLI, 1000, false)).containsExactly(4 * MILLI);
        assertThat(line.statistics().overflowed()).isEqualTo(1);
    }

    @Test
    void ikeMayTakeLongerAndHoldsNothingElseUp() {
        Line line = line(1, Impairment.NONE.withDelay(Duration.ofMillis(1)).withIkeDelay(Duration.ofMillis(75)));
        assertThat(line.send(0, 100, true)).containsExactly(76 * MILLI);
        assertThat(line.send(MILLI, 100, false)).containsExactly(2 * MILLI);
    }

    @Test
    void anImpairmentSurvivesItsText() {
        Impairment impairment = new Impairment(
                Duration.ofMillis(20),
                Duration.ofNanos(1_500_000),
                0.01,
                0.02,
                0.03,
                Duration.ofMillis(4),
                1_000_000,
                9000,
                Duration.ofMillis(75));
        assertThat(Impairment.parse(impairment.text())).isEqualTo(impairment);
    }

    @Test
    void aMistakeIsNamed() {
        assertThatThrownBy(() -> Impairment.parse("los=0.1")).hasMessageContaining("los: expected delay");
        assertThatThrownBy(() -> Impairment.parse("loss=1.5")).hasMessageContaining("loss=1.5");
    }

    private static List<Boolean> deliveries(Line line) {
        List<Boolean> delivered = new ArrayList<>();
        for (int packet = 0; packet < MANY; packet++) {
            delivered.add(!line.send(packet, 100, false).isEmpty());
        }
        return delivered;
    }
}
