package org.sallyport.webui.internal.model;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.event.Feed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service that may come and go. Thread-safe: binding is guarded, reading is not.
 *
 * @param <S> the service
 */
final class Source<S> {
    private static final Logger LOG = LoggerFactory.getLogger(Source.class);

    private final Runnable changed;
    private final Function<S, Optional<Feed<?, ?>>> feed;
    private volatile @Nullable S service;
    private volatile boolean failing;
    private Feed.@Nullable Subscription subscription;

    /** A service that tells by a feed when it changed. */
    static <S> Source<S> withFeed(Runnable changed, Function<S, Feed<?, ?>> feed) {
        return new Source<>(changed, service -> Optional.of(feed.apply(service)));
    }

    /** A service that has to be asked. */
    static <S> Source<S> of(Runnable changed) {
        return new Source<>(changed, service -> Optional.empty());
    }

    private Source(Runnable changed, Function<S, Optional<Feed<?, ?>>> feed) {
        this.changed = changed;
        this.feed = feed;
    }

    synchronized void bind(S added) {
        unsubscribe();
        service = added;
        failing = false;
        subscription = feed.apply(added).map(this::subscribe).orElse(null);
        changed.run();
    }

    /** A better service may have taken this one's place before it goes. */
    synchronized void unbind(S removed) {
        if (removed.equals(service)) {
            unsubscribe();
            service = null;
            changed.run();
        }
    }

    synchronized void close() {
        unsubscribe();
        service = null;
    }

    /** What the service says; nothing when it is absent or fails. */
    <T> Optional<T> read(Function<S, T> question) {
        S current = service;
        if (current == null) {
            return Optional.empty();
        }
        try {
            Optional<T> answer = Optional.of(question.apply(current));
            failing = false;
            return answer;
        } catch (RuntimeException e) {
            report(e, () -> current.getClass().getName());
            return Optional.empty();
        }
    }

    private void report(RuntimeException failure, Supplier<String> name) {
        if (!failing) {
            failing = true; // asked every second: once is enough
            LOG.warn("{} does not answer the console", name.get(), failure);
        }
    }

    private <K, V> Feed.Subscription subscribe(Feed<K, V> events) {
        return events.subscribe("console-feed", new Feed.Listener<K, V>() {
            @Override
            public void snapshot(long revision, java.util.Collection<V> values) {
                changed.run();
            }

            @Override
            public void changed(Feed.Change<K, V> change) {
                changed.run();
            }
        });
    }

    private void unsubscribe() {
        if (subscription != null) {
            subscription.close();
            subscription = null;
        }
    }
}
