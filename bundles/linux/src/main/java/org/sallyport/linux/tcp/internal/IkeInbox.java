package org.sallyport.linux.tcp.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.sallyport.linux.tcp.StreamEvent;

/** What waits for the negotiator. Bounded; thread safe. */
final class IkeInbox {
    private static final int MOST = 1024;

    private final BlockingQueue<StreamEvent> waiting = new ArrayBlockingQueue<>(MOST);

    /** Takes an event; false when too many wait. */
    boolean offer(StreamEvent event) {
        return waiting.offer(event);
    }

    Optional<StreamEvent> poll(Duration timeout) {
        try {
            return Optional.ofNullable(waiting.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
