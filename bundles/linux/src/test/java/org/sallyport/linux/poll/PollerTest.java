package org.sallyport.linux.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PollerTest {
    @Test
    void tellsWhichOneIsReady() {
        try (Poller poller = new Poller(8);
                Wakeup first = new Wakeup();
                Wakeup second = new Wakeup()) {
            poller.add(first, 0x1122_3344_5566_7788L);
            poller.add(second, 2);
            assertThat(poller.await(0)).isZero();
            first.signal();
            first.signal();
            assertThat(poller.await(1000)).isEqualTo(1);
            assertThat(poller.tag(0)).isEqualTo(0x1122_3344_5566_7788L);
            first.drain();
            assertThat(poller.await(0)).isZero();
            first.signal();
            second.signal();
            assertThat(poller.await(1000)).isEqualTo(2);
            assertThat(new long[] {poller.tag(0), poller.tag(1)}).containsExactlyInAnyOrder(0x1122_3344_5566_7788L, 2);
            poller.remove(first);
            assertThat(poller.await(1000)).isEqualTo(1);
            assertThat(poller.tag(0)).isEqualTo(2);
        }
    }

    @Test
    void wakesAThreadThatWaits() throws Exception {
        try (Poller poller = new Poller(1);
                Wakeup wakeup = new Wakeup()) {
            poller.add(wakeup, 1);
            Thread waker = Thread.ofPlatform().start(wakeup::signal);
            assertThat(poller.await(10_000)).isEqualTo(1);
            waker.join();
        }
    }

    @Test
    void theEventIsPackedOnX86Alone() {
        assertThat(EpollLayout.ofArchitecture("amd64")).isEqualTo(new EpollLayout(12, 4));
        assertThat(EpollLayout.ofArchitecture("aarch64")).isEqualTo(new EpollLayout(16, 8));
    }
}
