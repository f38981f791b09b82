package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;

/** Leases that arrive in the very moment in which a lineage is ended because nobody leases it. */
class LeaseRaceTest {
    private static final int ROUNDS = Integer.getInteger("sallyport.test.rounds", 400);
    private static final int SOCKETS = 4;

    private final ExecutorService endings = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService racers = Executors.newFixedThreadPool(SOCKETS + 1);
    private final World world = new World(endings);
    private final Set<ChildSaId> ended = new HashSet<>();
    private int kept;

    @AfterEach
    void stop() {
        racers.shutdownNow();
        endings.shutdownNow();
    }

    @Test
    @Timeout(60)
    void getALineageThatLivesOrNone() throws Exception {
        world.spd = World.policies(
                protect(World.POLICY, World.SELECTORS).linger(Duration.ZERO).build());
        world.sad.dataPlaneAppeared(world.plane);
        for (int round = 0; round < ROUNDS; round++) {
            race(round);
        }
        assertThat(ended).as("rounds in which the end came first").isNotEmpty();
        assertThat(kept).as("rounds in which a lease came first").isPositive();
        endings.shutdown();
        assertThat(endings.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(world.negotiator.deletes).containsExactlyInAnyOrderElementsOf(ended);
    }

    private void race(int round) throws Exception {
        ChildSaId lineage = world.lineage();
        world.up(spec(lineage).build(), round + 1);
        world.sad
                .leases()
                .lease(lineage, request(SOCKETS + 2, 80))
                .orElseThrow()
                .close();
        world.now.addAndGet(Lingering.QUIET.toNanos());
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Optional<Lease>>> leases = IntStream.range(0, SOCKETS)
                .mapToObj(socket -> racers.submit(() -> {
                    start.await();
                    spin(head(round, 1) + round * 37 * (socket + 1) % 4000);
                    return world.sad.leases().lease(lineage, request(socket + 1, 80));
                }))
                .toList();
        Future<?> timer = racers.submit(() -> {
            start.await();
            spin(head(round, 2) + 2000);
            world.timers.runDue();
            return null;
        });
        start.countDown();
        timer.get();
        List<Lease> held = new ArrayList<>();
        for (Future<Optional<Lease>> lease : leases) {
            lease.get().ifPresent(held::add);
        }
        boolean ends = world.sad.table().handle(lineage).isEmpty();
        assertThat(ends).as("ends while it is held: %s", held).isEqualTo(held.isEmpty());
        if (ends) {
            ended.add(lineage);
        } else {
            kept++;
            // Not the timer's business any more in later rounds.
            world.sad.leases().lease(lineage, request(SOCKETS + 1, 80));
        }
        held.forEach(Lease::close);
    }

    /** Now and then one of the two has a head start, so that both outcomes are seen whatever the machine. */
    private static int head(int round, int late) {
        return round % 8 == late ? 1_000_000 : 0;
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
