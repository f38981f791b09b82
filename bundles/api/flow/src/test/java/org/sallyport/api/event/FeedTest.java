package org.sallyport.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FeedTest {
    private final Feed<Integer, String> feed = new Feed<>();

    @Test
    void startsWithASnapshotAndGoesOnWithoutAGap() throws Exception {
        feed.put(1, "one");
        Mirror mirror = new Mirror();
        feed.subscribe("test", mirror);
        assertThat(mirror.next()).isEqualTo("snapshot 1 [one]");
        feed.put(2, "two");
        feed.remove(1);
        feed.remove(7);
        feed.put(2, "zwei");
        assertThat(mirror.next()).isEqualTo("put 2 two");
        assertThat(mirror.next()).isEqualTo("removed 3 one");
        assertThat(mirror.next()).isEqualTo("put 4 zwei");
    }

    @Test
    void resynchronisesASlowListenerWithoutSlowingThePublisher() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger snapshots = new AtomicInteger();
        Map<Integer, String> seen = new HashMap<>();
        LinkedBlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        feed.subscribe("slow", new Feed.Listener<>() {
            @Override
            public void snapshot(long revision, Collection<String> values) {
                snapshots.incrementAndGet();
                seen.clear();
                values.forEach(v -> seen.put(Integer.valueOf(v), v));
                blocked.countDown();
                await(go);
                sizes.add(seen.size());
            }

            @Override
            public void changed(Feed.Change<Integer, String> change) {}
        });
        assertThat(blocked.await(5, TimeUnit.SECONDS)).isTrue();
        int many = 3 * Feed.QUEUE_LIMIT;
        for (int i = 0; i < many; i++) {
            feed.put(i, Integer.toString(i));
        }
        go.countDown();
        assertThat(sizes.poll(5, TimeUnit.SECONDS)).isZero();
        assertThat(sizes.poll(5, TimeUnit.SECONDS)).isEqualTo(many);
        assertThat(snapshots).hasValue(2);
    }

    @Test
    void saysNothingAfterTheSubscriptionEnded() throws Exception {
        Mirror mirror = new Mirror();
        Feed.Subscription subscription = feed.subscribe("test", mirror);
        assertThat(mirror.next()).isEqualTo("snapshot 0 []");
        subscription.close();
        feed.put(1, "one");
        assertThat(mirror.heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Mirror implements Feed.Listener<Integer, String> {
        private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            return String.valueOf(heard.poll(5, TimeUnit.SECONDS));
        }

        @Override
        public void snapshot(long revision, Collection<String> values) {
            heard.add("snapshot " + revision + " " + values);
        }

        @Override
        public void changed(Feed.Change<Integer, String> change) {
            heard.add(
                    switch (change) {
                        case Feed.Change.Put<Integer, String> put -> "put " + put.revision() + " " + put.value();
                        case Feed.Change.Removed<Integer, String> removed ->
                            "removed " + removed.revision() + " " + removed.value();
                    });
        }
    }
}
