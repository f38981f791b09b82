package org.sallyport.api.event;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Tells listeners what there is: a snapshot with a revision, then a gapless stream of changes. A listener that is slow is
 * given a new snapshot and slows nobody: each has its own bounded queue and thread. Thread safe.
 *
 * @param <K> names a value
 * @param <V> immutable value
 */
public final class Feed<K, V> implements AutoCloseable {
    /** Changes that may wait for one listener before it is resynchronised. */
    public static final int QUEUE_LIMIT = 1024;

    /** One change. */
    public sealed interface Change<K, V> {
        long revision();

        /** A value appeared or changed. */
        record Put<K, V>(long revision, K key, V value) implements Change<K, V> {}

        /** A value went; it is given as it was last. */
        record Removed<K, V>(long revision, K key, V value) implements Change<K, V> {}
    }

    /** Hears of changes on a thread of its own, one call at a time. */
    public interface Listener<K, V> {
        /** Everything there is: at first, and whenever changes were missed. */
        void snapshot(long revision, Collection<V> values);

        /** The next change; its revision is one above the last. */
        void changed(Change<K, V> change);
    }

    /** Ends a subscription; closing twice does nothing. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private final Map<K, V> values = new LinkedHashMap<>();
    private final Set<Subscriber> subscribers = new CopyOnWriteArraySet<>();
    private long revision;

    /** Publishes a value: new, or in place of the one with the same key. */
    public void put(K key, V value) {
        synchronized (values) {
            values.put(key, value);
            publish(new Change.Put<>(++revision, key, value));
        }
    }

    /** Publishes that a value went; nothing happens when there is none. */
    public void remove(K key) {
        synchronized (values) {
            V last = values.remove(key);
            if (last != null) {
                publish(new Change.Removed<>(++revision, key, last));
            }
        }
    }

    /** Returns everything there is. */
    public List<V> values() {
        synchronized (values) {
            return List.copyOf(values.values());
        }
    }

    /** Starts to tell a listener, from a snapshot on. */
    public Subscription subscribe(String threadName, Listener<K, V> listener) {
        Subscriber subscriber = new Subscriber(listener);
        synchronized (values) {
            subscribers.add(subscriber);
        }
        subscriber.thread = Thread.ofVirtual().name(threadName).start(subscriber);
        return subscriber;
    }

    /** Ends every subscription. */
    @Override
    public void close() {
        subscribers.forEach(Subscriber::close);
    }

    private void publish(Change<K, V> change) {
        subscribers.forEach(s -> s.offer(change));
    }

    private final class Subscriber implements Subscription, Runnable {
        private final Listener<K, V> listener;
        private final ArrayDeque<Change<K, V>> queue = new ArrayDeque<>();
        private boolean resynchronise = true;
        private boolean closed;
        private volatile @org.jspecify.annotations.Nullable Thread thread;

        Subscriber(Listener<K, V> listener) {
            this.listener = listener;
        }

        synchronized void offer(Change<K, V> change) {
            if (resynchronise) {
                return;
            }
            boolean waiting = queue.isEmpty();
            if (queue.size() == QUEUE_LIMIT) {
                queue.clear();
                resynchronise = true;
            } else {
                queue.add(change);
            }
            if (waiting) {
                notifyAll();
            }
        }

        @Override
        public void run() {
            try {
                while (deliverNext()) {}
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean deliverNext() throws InterruptedException {
            Change<K, V> next = null;
            synchronized (this) {
                while (!closed && !resynchronise && queue.isEmpty()) {
                    wait();
                }
                if (closed) {
                    return false;
                }
                if (!resynchronise) {
                    next = queue.remove();
                }
            }
            if (next == null) {
                deliverSnapshot();
            } else {
                listener.changed(next);
            }
            return true;
        }

        private void deliverSnapshot() {
            List<V> all;
            long at;
            synchronized (values) {
                synchronized (this) {
                    queue.clear();
                    resynchronise = false;
                }
                all = List.copyOf(values.values());
                at = revision;
            }
            listener.snapshot(at, all);
        }

        @Override
        public void close() {
            subscribers.remove(this);
            synchronized (this) {
                closed = true;
                notifyAll();
            }
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
