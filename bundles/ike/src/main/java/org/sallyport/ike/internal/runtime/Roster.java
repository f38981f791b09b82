package org.sallyport.ike.internal.runtime;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Carried;

/**
 * Who serves, found without going through all: by the name of the IKE SA, by its connection, by who the peer proved to be,
 * by the IKE SA that it takes over from, by what it carries. Thread safe; a runner and its view are changed by one thread at a time.
 */
final class Roster {
    /** Runners by what their views say. */
    private static final class Index<K> {
        private final Function<SessionView, Set<K>> keys;
        private final Map<K, Set<SessionRunner>> runners = new ConcurrentHashMap<>();

        Index(Function<SessionView, Set<K>> keys) {
            this.keys = keys;
        }

        static <K> Index<K> ofOne(Function<SessionView, Optional<K>> key) {
            return new Index<>(view -> key.apply(view).map(Set::of).orElse(Set.of()));
        }

        Collection<SessionRunner> at(K wanted) {
            return runners.getOrDefault(wanted, Set.of());
        }

        void move(SessionRunner runner, Optional<SessionView> before, Optional<SessionView> after) {
            Set<K> from = before.map(keys).orElse(Set.of());
            Set<K> to = after.map(keys).orElse(Set.of());
            for (K key : to) {
                if (!from.contains(key)) {
                    add(key, runner);
                }
            }
            for (K key : from) {
                if (!to.contains(key)) {
                    remove(key, runner);
                }
            }
        }

        private void add(K at, SessionRunner runner) {
            runners.compute(at, (k, present) -> {
                Set<SessionRunner> there = present == null ? ConcurrentHashMap.newKeySet(1) : present;
                there.add(runner);
                return there;
            });
        }

        private void remove(K at, SessionRunner runner) {
            runners.computeIfPresent(at, (k, present) -> {
                present.remove(runner);
                return present.isEmpty() ? null : present;
            });
        }
    }

    private final Set<SessionRunner> all = ConcurrentHashMap.newKeySet();
    private final Map<IkeSaId, SessionRunner> byIkeSa = new ConcurrentHashMap<>();
    private final Index<ConnectionId> byConnection =
            Index.ofOne(view -> view.id().map(IkeSaId::connection));
    private final Index<Identity> byPeer = Index.ofOne(SessionView::identity);
    private final Index<IkeSaId> byPredecessor = Index.ofOne(SessionView::predecessor);
    private final Index<Carried> byCarried = new Index<>(SessionView::carriesOrWaitsTo);
    private final Index<Identity> byPeerAwaited =
            Index.ofOne(view -> view.identity().filter(peer -> !view.waiting().isEmpty()));

    /** Somebody serves from now on. */
    void add(SessionRunner runner) {
        all.add(runner);
        move(runner, Optional.empty(), Optional.of(runner.view()));
    }

    /** A runner is seen as it stands now. */
    void seen(SessionRunner runner, SessionView before) {
        if (all.contains(runner)) {
            move(runner, Optional.of(before), Optional.of(runner.view()));
        }
    }

    /** Somebody serves no longer. */
    void remove(SessionRunner runner) {
        all.remove(runner);
        move(runner, Optional.of(runner.view()), Optional.empty());
        runner.view().id().ifPresent(id -> byIkeSa.remove(id, runner));
    }

    private void move(SessionRunner runner, Optional<SessionView> before, Optional<SessionView> after) {
        after.flatMap(SessionView::id).ifPresent(id -> byIkeSa.putIfAbsent(id, runner));
        byConnection.move(runner, before, after);
        byPeer.move(runner, before, after);
        byPredecessor.move(runner, before, after);
        byCarried.move(runner, before, after);
        byPeerAwaited.move(runner, before, after);
    }

    boolean contains(SessionRunner runner) {
        return all.contains(runner);
    }

    /** Returns everybody. */
    List<SessionRunner> all() {
        return List.copyOf(all);
    }

    /** Returns who serves an IKE SA. */
    Optional<SessionRunner> of(IkeSaId id) {
        return Optional.ofNullable(byIkeSa.get(id));
    }

    /** Returns who serves IKE SAs of a connection. */
    Collection<SessionRunner> with(ConnectionId connection) {
        return byConnection.at(connection);
    }

    /** Returns who serves IKE SAs with this peer, under whichever connection. */
    Collection<SessionRunner> with(Identity peer) {
        return byPeer.at(peer);
    }

    /** Returns whose pairs carry the same, or wait to. */
    Collection<SessionRunner> carrying(Carried carried) {
        return byCarried.at(carried);
    }

    /** Returns whose pairs wait for the end of another IKE SA with this peer. */
    Collection<SessionRunner> waitingWith(Identity peer) {
        return byPeerAwaited.at(peer);
    }

    /** Returns who takes over from an IKE SA. */
    Collection<SessionRunner> heirs(IkeSaId elder) {
        return byPredecessor.at(elder);
    }
}
