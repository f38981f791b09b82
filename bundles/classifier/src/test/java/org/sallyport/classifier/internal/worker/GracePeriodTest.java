package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GracePeriodTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CALLERS = 200;

    @Test
    void whoIsBetweenBatchesIsNotWaitedFor() {
        GracePeriod grace = new GracePeriod(List.of(new Quiescence(), new Quiescence()), PATIENCE);
        assertThat(grace.await()).isTrue();
        assertThat(grace.await()).isTrue();
    }

    @Test
    void aBatchThatDoesNotEndIsToldToAllWhoWaitForIt() throws Exception {
        Quiescence stuck = new Quiescence();
        stuck.enter();
        GracePeriod grace = new GracePeriod(List.of(new Quiescence(), stuck), Duration.ofMillis(500));
        long began = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(executor.submit(grace::await));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isFalse();
            }
        }
        // two periods, and not one for each
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        stuck.leave();
        assertThat(grace.await()).isTrue();
    }

    /** What was taken away before the call is used in no batch that goes on after it. */
    @Test
    void nobodyIsToldBeforeTheBatchHasEndedThatWentOnWhenItCalled() throws Exception {
        Quiescence point = new Quiescence();
        GracePeriod grace = new GracePeriod(List.of(point), PATIENCE);
        AtomicLong table = new AtomicLong();
        AtomicLong used = new AtomicLong(Long.MAX_VALUE);
        CountDownLatch over = new CountDownLatch(1);
        Thread worker = Thread.ofPlatform().start(() -> {
            while (over.getCount() > 0) {
                point.enter();
                used.set(table.get());
                LockSupport.parkNanos(300_000);
                used.set(Long.MAX_VALUE);
                point.leave();
            }
        });
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> seen = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                seen.add(executor.submit(() -> {
                    long mine = table.incrementAndGet();
                    assertThat(grace.await()).isTrue();
                    return used.get() - mine;
                }));
            }
            for (Future<Long> each : seen) {
                assertThat(each.get()).isNotNegative();
            }
        } finally {
            over.countDown();
            worker.join();
        }
    }
}
