package org.sallyport.ike.internal.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.negotiation.ExchangeObserver;
import org.sallyport.api.negotiation.ObservedExchange;
import org.sallyport.api.plugin.PluginQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who are told of exchanges: each by a queue and a thread of its own, so that nobody waits for one. Thread safe. */
final class Observers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final long BETWEEN_WORDS = 60_000_000_000L;

    private static final class Entry {
        private final ExchangeObserver observer;
        private final PluginQueue queue;
        private long said = System.nanoTime() - BETWEEN_WORDS;

        Entry(ExchangeObserver observer) {
            this.observer = observer;
            this.queue =
                    new PluginQueue("exchange observer " + observer.getClass().getName(), ExchangeObserver.QUEUE_LIMIT);
        }

        void tell(ObservedExchange exchange) {
            if (!queue.offer(() -> observer.observed(exchange)) && due()) {
                LOG.warn(
                        "exchange observer {} is behind: {} exchanges were not told to it",
                        observer.getClass().getName(),
                        queue.dropped());
                Journal.event("observer-behind")
                        .with("observer", observer.getClass().getName())
                        .with("dropped", queue.dropped())
                        .write();
            }
        }

        private synchronized boolean due() {
            long now = System.nanoTime();
            boolean due = now - said >= BETWEEN_WORDS;
            said = due ? now : said;
            return due;
        }
    }

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    void add(ExchangeObserver observer) {
        entries.add(new Entry(observer));
    }

    void remove(ExchangeObserver observer) {
        List<Entry> gone = entries.stream().filter(e -> e.observer == observer).toList();
        entries.removeAll(gone);
        gone.forEach(e -> e.queue.close());
    }

    /** Tells whether there is anybody. */
    boolean any() {
        return !entries.isEmpty();
    }

    /** Tells everybody who can take it now. */
    void tell(ObservedExchange exchange) {
        entries.forEach(e -> e.tell(exchange));
    }

    /** Returns how many exchanges were not told to an observer because it was behind. */
    long dropped(ExchangeObserver observer) {
        return entries.stream()
                .filter(e -> e.observer == observer)
                .mapToLong(e -> e.queue.dropped())
                .sum();
    }

    @Override
    public void close() {
        entries.forEach(e -> e.queue.close());
        entries.clear();
    }
}
