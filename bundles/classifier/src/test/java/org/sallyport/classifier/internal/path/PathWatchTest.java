package org.sallyport.classifier.internal.path;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.Slots;

@Timeout(20)
class PathWatchTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final Arena arena = Arena.ofShared();
    private final Map<String, Integer> known = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private PathWatch watch = watch(NEVER);

    private PathWatch watch(Duration period) {
        return new PathWatch(
                new PathMtuSource() {
                    @Override
                    public OptionalInt mtu(InetSocketAddress local, InetSocketAddress remote) {
                        questions.incrementAndGet();
                        Integer mtu = known.get(remote.getAddress().getHostAddress());
                        return mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu);
                    }

                    @Override
                    public void close() {}
                },
                period);
    }

    private void start(Duration period) {
        watch = watch(period);
        watch.start();
    }

    @AfterEach
    void close() {
        watch.close();
        arena.close();
    }

    private MemorySegment slot(String remote) {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        Slots.fill(Slots.Sa.of(1, SaDirection.OUTBOUND).between("192.0.2.1", remote), slot);
        return slot;
    }

    private static int mtu(MemorySegment slot) {
        return slot.get(JAVA_INT, SaSlotLayout.PATH_MTU_KNOWN);
    }

    private static void becomes(int mtu, MemorySegment slot) throws InterruptedException {
        while (mtu(slot) != mtu) {
            Thread.sleep(1);
        }
    }

    @Test
    void everySaOnAPathHasItAndTheNextOneAtOnce() throws InterruptedException {
        known.put("192.0.2.2", 1300);
        known.put("192.0.2.3", 1400);
        start(NEVER);
        MemorySegment first = slot("192.0.2.2");
        MemorySegment second = slot("192.0.2.2");
        MemorySegment other = slot("192.0.2.3");
        watch.add(first.address());
        watch.add(second.address());
        watch.add(other.address());
        becomes(1300, first);
        becomes(1300, second);
        becomes(1400, other);
        MemorySegment third = slot("192.0.2.2");
        watch.add(third.address());
        assertThat(mtu(third)).isEqualTo(1300);
    }

    @Test
    void itIsAskedForWhenAPacketWasTooLong() throws InterruptedException {
        known.put("192.0.2.2", 1500);
        start(NEVER);
        MemorySegment slot = slot("192.0.2.2");
        watch.add(slot.address());
        becomes(1500, slot);
        Thread.sleep(50); // the first turn comes at the start, beside the question about a new path
        int asked = questions.get();
        known.put("192.0.2.2", 1280);
        Thread.sleep(50);
        assertThat(mtu(slot)).isEqualTo(1500);
        for (int i = 0; i < 10_000; i++) {
            watch.narrowed(Addresses.parse("192.0.2.2"));
            watch.narrowed(Addresses.parse("192.0.2.99"));
        }
        becomes(1280, slot);
        Thread.sleep(100);
        assertThat(questions.get() - asked).as("hints come together").isLessThan(100);
    }

    /** RFC 4301 section 8.2.2: what was lowered is raised again, when the kernel has forgotten. */
    @Test
    void whatIsForgottenIsSeenInTurns() throws InterruptedException {
        known.put("192.0.2.2", 1280);
        start(OFTEN);
        MemorySegment slot = slot("192.0.2.2");
        watch.add(slot.address());
        becomes(1280, slot);
        known.put("192.0.2.2", 1500);
        becomes(1500, slot);
        known.remove("192.0.2.2");
        Thread.sleep(50);
        assertThat(mtu(slot)).as("nobody knows better").isEqualTo(1500);
    }

    @Test
    void anSaThatMovesHasTheMtuOfItsNewPath() throws InterruptedException {
        known.put("192.0.2.2", 1280);
        known.put("192.0.2.3", 1400);
        start(OFTEN);
        MemorySegment slot = slot("192.0.2.2");
        MemorySegment staying = slot("192.0.2.2");
        watch.add(slot.address());
        watch.add(staying.address());
        becomes(1280, slot);
        Slots.path(slot, "192.0.2.1", 4500, "192.0.2.3", 4500);
        becomes(1400, slot);
        assertThat(mtu(staying)).isEqualTo(1280);
    }

    @Test
    void whatWasRemovedIsNotWrittenAnyMore() throws InterruptedException {
        known.put("192.0.2.2", 1280);
        start(OFTEN);
        MemorySegment gone = slot("192.0.2.2");
        MemorySegment staying = slot("192.0.2.2");
        watch.add(gone.address());
        watch.add(staying.address());
        becomes(1280, gone);
        watch.remove(gone.address());
        gone.fill((byte) 0);
        known.put("192.0.2.2", 1300);
        becomes(1300, staying);
        assertThat(mtu(gone)).isZero();
        watch.remove(staying.address());
        Thread.sleep(20);
        int asked = questions.get();
        Thread.sleep(50);
        assertThat(questions.get()).as("a path without SAs is not asked about").isEqualTo(asked);
    }

    @Test
    void manyPathsAreAskedAboutInTurns() throws InterruptedException {
        start(OFTEN);
        MemorySegment last = slot("10.0.0.1");
        for (int i = 0; i < 3000; i++) {
            String remote = "10." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff);
            known.put(remote, 1300);
            MemorySegment slot = slot(remote);
            watch.add(slot.address());
            last = slot;
        }
        becomes(1300, last);
    }
}
