package org.sallyport.linux.tcp.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.StreamEvent;

/**
 * What waits for the negotiator: streams that were opened again, messages of those who have proved who they are, and
 * messages of strangers. Each kind is bounded, and so is what waits of one connection: strangers take nobody else's place.
 * Thread safe.
 */
final class IkeInbox {
    static final int MOST_PROVEN = 512;
    static final int MOST_UNPROVEN = 256;
    static final int MOST_OF_A_PROVEN_ONE = 64;
    static final int MOST_OF_AN_UNPROVEN_ONE = 16;

    private final Set<StreamEnds> reopened = new LinkedHashSet<>();
    private final Deque<Waiting> proven = new ArrayDeque<>();
    private final Deque<Waiting> unproven = new ArrayDeque<>();
    private final Map<Connection, Integer> counts = new HashMap<>();

    private record Waiting(Connection from, StreamEvent.Message message) {}

    /** Takes a message; false when too many wait. */
    synchronized boolean offer(Connection from, byte[] message) {
        boolean known = from.genuine();
        Deque<Waiting> queue = known ? proven : unproven;
        boolean room = queue.size() < (known ? MOST_PROVEN : MOST_UNPROVEN)
                && counts.getOrDefault(from, 0) < (known ? MOST_OF_A_PROVEN_ONE : MOST_OF_AN_UNPROVEN_ONE);
        if (room) {
            counts.merge(from, 1, Integer::sum);
            queue.add(new Waiting(from, new StreamEvent.Message(from.stream().name(), message)));
            notifyAll();
        }
        return room;
    }

    /** A stream was opened again: what was under way may have to be sent again. */
    synchronized void reopened(StreamEnds stream) {
        reopened.add(stream);
        notifyAll();
    }

    /** Has whoever waits look whether its lease still stands. */
    synchronized void wake() {
        notifyAll();
    }

    /** Returns what comes next, unless nothing comes in time, or who asks may have it no longer. */
    synchronized Optional<StreamEvent> poll(Duration timeout, BooleanSupplier stands) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (stands.getAsBoolean()) {
                Optional<StreamEvent> next = next();
                long left = end - System.nanoTime();
                if (next.isPresent() || left <= 0) {
                    return next;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private Optional<StreamEvent> next() {
        if (!reopened.isEmpty()) {
            StreamEnds first = reopened.iterator().next();
            reopened.remove(first);
            return Optional.of(new StreamEvent.Reopened(first));
        }
        return Optional.ofNullable(proven.isEmpty() ? unproven.poll() : proven.poll())
                .map(waiting -> {
                    counts.computeIfPresent(waiting.from(), (from, count) -> count == 1 ? null : count - 1);
                    return waiting.message();
                });
    }
}
