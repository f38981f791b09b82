package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.ExchangeObserver;
import org.sallyport.api.negotiation.ObservedExchange;

/** An observer that is slow, hangs or throws harms nobody, and what it missed is counted. */
@Timeout(60)
class ExchangeObserverTest {
    private final Observers observers = new Observers();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void close() {
        released.countDown();
        observers.close();
    }

    private static ObservedExchange exchange(int number) {
        InetSocketAddress address = new InetSocketAddress(Addresses.parse("192.0.2.1"), 500);
        return ObservedExchange.builder()
                .peer("gw")
                .path(address, address)
                .exchange("INFORMATIONAL")
                .messageId(number)
                .build();
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void oneThatHangsMissesWhatItsQueueDoesNotHoldAndOthersMissNothing() throws Exception {
        List<Long> heard = new CopyOnWriteArrayList<>();
        CountDownLatch inIt = new CountDownLatch(1);
        ExchangeObserver hanging = exchange -> {
            inIt.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        observers.add(hanging);
        observers.add(exchange -> heard.add(exchange.messageId()));
        observers.tell(exchange(0));
        inIt.await();
        int more = ExchangeObserver.QUEUE_LIMIT + 100;
        long began = System.nanoTime();
        for (int i = 1; i <= more; i++) {
            observers.tell(exchange(i));
            int told = i;
            if (i % 256 == 0) {
                eventually(() -> heard.size() > told - 256);
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(observers.dropped(hanging)).isEqualTo(100);
        eventually(() -> heard.size() == more + 1);
        assertThat(heard).isSorted();
    }

    @Test
    void oneThatThrowsIsToldAgain() throws Exception {
        AtomicInteger told = new AtomicInteger();
        observers.add(exchange -> {
            told.incrementAndGet();
            throw new NoSuchFieldError("a plugin's own fault");
        });
        observers.tell(exchange(1));
        observers.tell(exchange(2));
        eventually(() -> told.get() == 2);
    }

    @Test
    void oneThatIsGoneIsToldNothing() throws Exception {
        AtomicInteger told = new AtomicInteger();
        ExchangeObserver observer = exchange -> told.incrementAndGet();
        observers.add(observer);
        observers.tell(exchange(1));
        eventually(() -> told.get() == 1);
        observers.remove(observer);
        assertThat(observers.any()).isFalse();
        observers.tell(exchange(2));
        Thread.sleep(50);
        assertThat(told).hasValue(1);
    }
}
