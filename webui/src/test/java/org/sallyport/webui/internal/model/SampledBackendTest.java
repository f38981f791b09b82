package org.sallyport.webui.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.event.Feed;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.webui.internal.Samples;

@Timeout(20)
class SampledBackendTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final SampledBackend backend = new SampledBackend();
    private final BlockingQueue<ConsoleSnapshot> seen = new LinkedBlockingQueue<>();
    private final Sad sad = new Sad();

    @AfterEach
    void stop() {
        backend.stop();
    }

    @Test
    void whatIsNotRunningIsAbsentAndNotEmpty() throws Exception {
        backend.listen(seen::add);
        assertThat(next(snapshot -> true).sas()).isEmpty();
        backend.bindSas(sad);
        assertThat(next(snapshot -> snapshot.sas().isPresent()).sas()).contains(List.of());
        backend.unbindSas(sad);
        assertThat(next(snapshot -> snapshot.sas().isEmpty()).sas()).isEmpty();
    }

    @Test
    void anSaAppearsAndVanishesWithinASecond() throws Exception {
        backend.bindSas(sad);
        backend.listen(seen::add);
        next(snapshot -> snapshot.sas().isPresent());
        ChildSaView sa = Samples.sa(1, Duration.ZERO);
        sad.feed.put(sa.inbound(), sa);
        assertThat(next(snapshot -> snapshot.sas().orElseThrow().contains(sa))).isNotNull();
        sad.feed.remove(sa.inbound());
        assertThat(next(snapshot -> snapshot.sas().orElseThrow().isEmpty())).isNotNull();
    }

    @Test
    void aServiceThatFailsIsAbsentUntilItAnswersAgain() throws Exception {
        backend.bindSas(sad);
        backend.listen(seen::add);
        sad.broken = true;
        next(snapshot -> snapshot.sas().isEmpty());
        sad.broken = false;
        next(snapshot -> snapshot.sas().isPresent());
    }

    @Test
    void aBetterServiceTakesThePlaceOfTheOldOneBeforeThatGoes() throws Exception {
        Sad successor = new Sad();
        backend.bindSas(sad);
        backend.bindSas(successor);
        backend.unbindSas(sad);
        backend.listen(seen::add);
        assertThat(next(snapshot -> true).sas()).isPresent();
        ChildSaView sa = Samples.sa(1, Duration.ZERO);
        successor.feed.put(sa.inbound(), sa);
        next(snapshot -> snapshot.sas().orElseThrow().contains(sa));
    }

    @Test
    void aListenerThatFailsDoesNotStopTheOthers() throws Exception {
        backend.bindSas(sad);
        backend.listen(snapshot -> {
            throw new IllegalStateException("a page");
        });
        backend.listen(seen::add);
        next(snapshot -> true);
        next(snapshot -> true);
    }

    @Test
    void nothingIsAskedWhenNobodyLooks() throws Exception {
        backend.bindSas(sad);
        Backend.Registration registration = backend.listen(seen::add);
        next(snapshot -> true);
        registration.close();
        TimeUnit.MILLISECONDS.sleep(200);
        long asked = sad.asked;
        TimeUnit.MILLISECONDS.sleep(1300);
        assertThat(sad.asked).isEqualTo(asked);
    }

    private ConsoleSnapshot next(Predicate<ConsoleSnapshot> wanted) throws InterruptedException {
        long end = System.nanoTime() + SOON.plusMillis(500).toNanos();
        while (System.nanoTime() < end) {
            ConsoleSnapshot snapshot = seen.poll(100, TimeUnit.MILLISECONDS);
            if (snapshot != null && wanted.test(snapshot)) {
                return snapshot;
            }
        }
        throw new AssertionError("not within the time");
    }

    private static final class Sad implements SaInspection {
        private final Feed<SpiKey, ChildSaView> feed = new Feed<>();
        private volatile boolean broken;
        private volatile long asked;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread asks
        public List<ChildSaView> list() {
            asked++;
            if (broken) {
                throw new IllegalStateException("broken");
            }
            return feed.values();
        }

        @Override
        public List<ChildSaView> endedBy(PolicyGeneration candidate) {
            return List.of();
        }

        @Override
        public List<LeaseView> leases() {
            return List.of();
        }

        @Override
        public Map<String, TrafficTotals> totalsByPolicy() {
            return Map.of();
        }

        @Override
        public Map<String, TrafficTotals> totalsByConnection() {
            return Map.of();
        }

        @Override
        public Feed<SpiKey, ChildSaView> feed() {
            return feed;
        }
    }
}
