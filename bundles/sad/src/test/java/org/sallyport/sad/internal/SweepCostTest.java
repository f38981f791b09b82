package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.SaMemory;
import org.sallyport.linux.memory.SaSlot;

/** What time does to SAs costs nothing for those that are not due. */
class SweepCostTest {
    private static final int DUE = 500;
    /** Going through all of them would take 200 times as long; a collection of garbage in between takes some. */
    private static final double GENEROUS = 30;

    /** What some time cost. */
    private record Cost(long clockReads, long nanos) {}

    @Test
    void doesNotGrowWithWhatIsNotDue() throws Exception {
        cost(1_000);
        Cost few = cost(1_000);
        Cost many = cost(200_000);
        assertThat(many.clockReads()).isEqualTo(few.clockReads());
        assertThat((double) many.nanos() / few.nanos())
                .as("%s beside %s", many, few)
                .isLessThan(GENEROUS);
    }

    /** Lets some lineages go while so many others stand, and half of those linger. */
    private static Cost cost(int standing) throws Exception {
        World world = new World(Runnable::run, new OneSlot());
        world.settings = new SadSettings(256, 0xffff_ffffL, 300_000, 1 << 20, 0, 500_000, 200_000);
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS)
                        .linger(Duration.ofMinutes(30))
                        .build(),
                protect("at-once", World.SELECTORS).linger(Duration.ZERO).build());
        world.sad.dataPlaneAppeared(new NoPlane());
        for (int i = 0; i < standing; i++) {
            ChildSaId lineage = world.lineage();
            world.up(spec(lineage).build(), i + 1);
            if (i % 2 == 0) {
                world.sad.leases().lease(lineage, request(i + 1, 80));
            }
        }
        for (int i = 0; i < DUE; i++) {
            world.up(spec(world.lineage()).policy("at-once").build(), standing + i + 1);
        }
        world.pass(Duration.ofMillis(500));
        long reads = world.clockReads.sum();
        long began = System.nanoTime();
        world.pass(Duration.ofSeconds(60));
        Cost cost = new Cost(world.clockReads.sum() - reads, System.nanoTime() - began);
        assertThat(world.negotiator.deletes).hasSize(DUE);
        assertThat(world.sad.table().all()).hasSize(standing);
        return cost;
    }

    /** One slot for all: nobody looks at what is in it. */
    private static final class OneSlot implements SaMemory {
        private final MemorySegment slot = Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64);
        private final AtomicInteger used = new AtomicInteger();

        @Override
        public int slotSize() {
            return SaSlotLayout.SIZE;
        }

        @Override
        public int capacity() {
            return Integer.MAX_VALUE;
        }

        @Override
        public int used() {
            return used.get();
        }

        @Override
        public Optional<SaSlot> allocate() {
            return Optional.of(new SaSlot(used.incrementAndGet(), slot));
        }

        @Override
        public Optional<SaSlot> find(int index) {
            return Optional.empty();
        }

        @Override
        public List<SaSlot> inUse() {
            return List.of();
        }

        @Override
        public void free(SaSlot gone) {
            used.decrementAndGet();
        }
    }

    private static final class NoPlane implements DataPlane {
        @Override
        public void installInbound(InstalledSa sa) {}

        @Override
        public SaPairHandle activateOutbound(InstalledSa inbound, InstalledSa outbound) {
            return new SaPairHandle(inbound.lineage(), inbound.key(), outbound.key());
        }

        @Override
        public void retire(InstalledSa outbound) {}

        @Override
        public void remove(InstalledSa sa) {}

        @Override
        public void bind(Flow flow, ChildSaId lineage) {}

        @Override
        public void unbind(Flow flow) {}
    }
}
