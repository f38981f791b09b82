package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SpiKey;

class ConcurrencyTest {
    private static final int NEGOTIATORS = 6;
    private static final int ROUNDS = 300;

    @Test
    @Timeout(60)
    void pairsComeAndGoWhileDataPlanesDo() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            World world = new World(executor);
            world.sad.dataPlaneAppeared(world.plane);
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> helpers = List.of(
                    executor.submit(() -> replaceDataPlanes(world, done)), executor.submit(() -> look(world, done)));
            List<Future<?>> negotiators = new ArrayList<>();
            for (int n = 0; n < NEGOTIATORS; n++) {
                int number = n;
                negotiators.add(executor.submit(() -> negotiate(world, number)));
            }
            try {
                for (Future<?> negotiator : negotiators) {
                    negotiator.get();
                }
            } finally {
                done.set(true);
            }
            for (Future<?> helper : helpers) {
                helper.get();
            }
            assertThat(world.sad.table().all()).isEmpty();
            assertThat(world.sad.leases().sockets()).isEmpty();
            assertThat(world.sad.inspection().feed().values()).isEmpty();
            assertThat(world.plane.inbound).isEmpty();
            assertThat(world.plane.outbound).isEmpty();
            world.pass(Slots.QUARANTINE.plus(Duration.ofSeconds(1)));
            assertThat(world.memory.used()).isZero();
        }
    }

    private static Void negotiate(World world, int number) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ChildSaId lineage = world.lineage();
            int peerSpi = 0x10000 * (number + 1) + round;
            SpiKey first = world.up(spec(lineage).build(), peerSpi);
            assertThat(world.sad.leases().lease(lineage, request(number + 1, round + 1)))
                    .isPresent();
            world.sad.grants().request(first);
            SpiKey second = world.up(spec(lineage).build(), peerSpi + 0x8000);
            world.sad.table().retire(first);
            world.sad.table().delete(first, Reason.of(ReasonCode.REKEYED));
            assertThat(world.sad.leases().find(request(number + 1, round + 1))).isPresent();
            assertThat(world.sad.table().handle(lineage)).map(h -> h.inbound()).contains(second);
            world.sad.table().delete(second, Reason.of(ReasonCode.REKEYED));
            assertThat(world.sad.leases().useCount(lineage)).isZero();
        }
        return null;
    }

    /** A second one comes and goes all the time. */
    private static Void replaceDataPlanes(World world, AtomicBoolean done) throws Exception {
        while (!done.get()) {
            FakePlane second = new FakePlane();
            world.sad.dataPlaneAppeared(second);
            Thread.sleep(5);
            world.sad.dataPlaneVanished(second);
        }
        return null;
    }

    private static Void look(World world, AtomicBoolean done) throws Exception {
        while (!done.get()) {
            world.sad.inspection().list();
            world.pass(Duration.ofMillis(200));
            Thread.sleep(1);
        }
        return null;
    }
}
