package org.sallyport.interceptor.internal.gate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.HoldView;
import org.sallyport.api.event.Feed;

/** Who is held, and who was. Thread safe. */
final class HoldBook implements HoldInspection, AutoCloseable {
    private static final int REMEMBERED = 100;

    private final Feed<Long, HoldView> feed = new Feed<>();
    private final ConcurrentMap<Long, PendingHold> pending = new ConcurrentHashMap<>();
    private final Deque<HoldView> ended = new ArrayDeque<>();

    /** Enters a hold. */
    void add(PendingHold hold) {
        pending.put(hold.id(), hold);
        feed.put(hold.id(), view(hold, Optional.empty()));
    }

    /** Takes a hold out; false when it has ended already: each hold ends once. */
    boolean end(PendingHold hold, String outcome) {
        if (!pending.remove(hold.id(), hold)) {
            return false;
        }
        feed.remove(hold.id());
        synchronized (ended) {
            ended.addFirst(view(hold, Optional.of(outcome)));
            if (ended.size() > REMEMBERED) {
                ended.removeLast();
            }
        }
        return true;
    }

    /** Returns every hold that has not ended. */
    List<PendingHold> pending() {
        return List.copyOf(pending.values());
    }

    @Override
    public Feed<Long, HoldView> feed() {
        return feed;
    }

    @Override
    public List<HoldView> recent() {
        synchronized (ended) {
            return List.copyOf(ended);
        }
    }

    @Override
    public void close() {
        feed.close();
    }

    private static HoldView view(PendingHold hold, Optional<String> outcome) {
        return new HoldView(
                hold.id(),
                hold.request().flow(),
                hold.request().requester(),
                hold.policy().name(),
                hold.since(),
                hold.parked(),
                outcome);
    }
}
