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

/**
 * Who serves, found without going through all: by the name of the IKE SA, by its connection, by who the peer proved to be,
 * by the IKE SA that it takes over from. Thread safe; a runner and its view are changed by one thread at a time.
 */
final class Roster {
    /** Runners by something that their views say. */
    private static final class Index<K> {
        private final Function<SessionView, Optional<K>> key;
        private final Map<K, Set<SessionRunner>> runners = new ConcurrentHashMap<>();

        Index(Function<SessionView, Optional<K>> key) {
            this.key = key;
        }

        Collection<SessionRunner> at(K wanted) {
            return runners.getOrDefault(wanted, Set.of());
        }

        void move(SessionRunner runner, Optional<SessionView> before, Optional<SessionView> after) {
            Optional<K> from = before.flatMap(key);
            Optional<K> to = after.flatMap(key);
            if (!from.equals(to)) {
                from.ifPresent(k -> remove(k, runner));
                to.ifPresent(k -> add(k, runner));
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
            new Index<>(view -> view.id().map(IkeSaId::connection));
    private final Index<Identity> byPeer = new Index<>(SessionView::identity);
    private final Index<IkeSaId> byPredecessor = new Index<>(SessionView::predecessor);

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

    /** Returns who takes over from an IKE SA. */
    Collection<SessionRunner> heirs(IkeSaId elder) {
        return byPredecessor.at(elder);
    }
}
