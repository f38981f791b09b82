package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

class SpiTest {
    @Property(tries = 200)
    void areUniqueAndWithinTheirPartition(
            @ForAll @LongRange(min = 256, max = 0xffff_f000L) long first,
            @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 3) Integer> steps) {
        World world = World.withPlane();
        world.settings = new SadSettings(first, first + 63, 30, 1 << 20, 0, 500_000, 200_000);
        Set<Integer> living = new HashSet<>();
        List<SpiKey> order = new ArrayList<>();
        for (int step : steps) {
            if (step > 0 && order.size() < 30) {
                SpiKey spi = world.reserve();
                assertThat(Integer.toUnsignedLong(spi.spi())).isBetween(first, first + 63);
                assertThat(living.add(spi.spi())).as("unique").isTrue();
                order.add(spi);
            } else if (!order.isEmpty()) {
                SpiKey spi = order.remove(order.size() / 2);
                living.remove(spi.spi());
                world.sad.table().delete(spi, Reason.of(ReasonCode.CANCELLED));
            }
        }
        assertThat(world.sad.table().all()).hasSize(living.size());
    }

    @Property(tries = 100)
    void differInTheLowBitsThatTwiceTheirNumberNeeds(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int most) {
        Random random = new Random(seed);
        Spis spis = new Spis(random);
        List<Integer> living = new ArrayList<>();
        for (int i = 0; i < 2 * most; i++) {
            if (living.size() == most || (!living.isEmpty() && random.nextInt(3) == 0)) {
                spis.release(living.remove(random.nextInt(living.size())));
            } else {
                living.add(spis.draw(256, 255 + 2L * most));
            }
        }
        int places = Math.max(64, Integer.highestOneBit(2 * most - 1) * 2);
        assertThat(living.stream().map(spi -> spi & (places - 1)).distinct()).hasSameSizeAs(living);
    }

    /** Of a lineage's pairs three may stand at once; workers are few or many, and no power of two. */
    @Property(tries = 100)
    void successorsGoToTheWorkerOfTheirPredecessor(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 64) int workers,
            @ForAll @IntRange(min = 1, max = 200) int lineages) {
        Spis spis = new Spis(new Random(seed));
        int different = 0;
        for (int i = 0; i < lineages; i++) {
            int first = spis.draw(256, 0xffff_ffffL);
            int spi = first;
            for (int rekey = 0; rekey < 10; rekey++) {
                int successor = spis.draw(256, 0xffff_ffffL, new Spis.Likeness(spi, workers));
                assertThat(Integer.toUnsignedLong(successor)).isGreaterThanOrEqualTo(256);
                different += Integer.remainderUnsigned(successor, workers) == Integer.remainderUnsigned(first, workers)
                        ? 0
                        : 1;
                spis.release(spi);
                spi = successor;
            }
        }
        assertThat(different).isZero();
    }

    /** Where the partition has none that is alike, another will do. */
    @Test
    void aSmallPartitionStillHasSuccessors() {
        Spis spis = new Spis(new Random(1));
        for (int i = 0; i < 1000; i++) {
            int spi = spis.draw(256, 319);
            int successor = spis.draw(256, 319, new Spis.Likeness(spi, 64));
            assertThat(successor).isNotEqualTo(spi).isBetween(256, 319);
            spis.release(spi);
            spis.release(successor);
        }
    }

    @Test
    void theSadKnowsWhoseSuccessorItIsAndHowManyWorkersThereAre() throws Exception {
        World world = World.withPlane();
        world.plane.workers = 7;
        ChildSaId lineage = world.lineage();
        SpiKey first = world.up(World.spec(lineage).build(), 1);
        for (int i = 0; i < 50; i++) {
            SpiKey successor = world.sad.table().reserveSpi(IpsecProtocol.ESP, lineage);
            assertThat(Integer.remainderUnsigned(successor.spi(), 7))
                    .isEqualTo(Integer.remainderUnsigned(first.spi(), 7));
        }
    }

    @Test
    void aPartitionTooSmallForItsBoundIsAMistakeInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SadSettings(256, 1000, 500, 1 << 20, 10, 500_000, 200_000))
                .withMessageContaining("etc/org.sallyport.sad.cfg")
                .withMessageContaining("spi.last = 1000")
                .withMessageContaining("maximum.sas = 1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SadSettings(255, 0xffff_ffffL, 500, 1 << 20, 10, 500_000, 200_000))
                .withMessageContaining("spi.first = 255: accepted are 256 to 4294967295");
    }
}
