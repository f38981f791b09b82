package org.sallyport.linux.seccomp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.linux.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every listener open while the bundle that serves it is replaced: calls wait meanwhile, instead of failing for
 * good with ENOSYS. With a keeper, a process of its own, they are kept as well while the whole daemon is away. Thread
 * safe.
 */
@Component(service = ListenerPark.class, immediate = true)
public final class ListenerPark {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerPark.class);

    /** What the keeper calls each, where it keeps it. */
    private final Map<Parked, Optional<Integer>> listeners = new ConcurrentHashMap<>();

    // Guarded by this.
    private @Nullable Keeper keeper;
    private @Nullable Keeping keeping;

    /**
     * A listener and who brought it.
     *
     * @param listener stays open until {@link #remove}
     * @param pid the process that installed the filter
     * @param userId its user
     */
    public record Parked(NotificationListener listener, int pid, long userId) {}

    @Activate
    public ListenerPark() {}

    /**
     * Has a keeper keep every listener, and takes in what it has kept since before this daemon started. Without one, which
     * is told once, everything works, and ends with the daemon.
     *
     * @param wanted how; empty for no keeper
     */
    public synchronized void keepBy(Optional<Keeping> wanted) {
        if (keeper != null && Optional.ofNullable(keeping).equals(wanted)) {
            return;
        }
        leaveKeeper();
        wanted.ifPresent(this::reach);
    }

    private void reach(Keeping wanted) {
        try {
            Keeper reached = Keeper.reach(wanted);
            keeper = reached;
            keeping = wanted;
            reached.before().forEach(this::adopt);
            keepAll(reached);
        } catch (LinuxException e) {
            LOG.warn(
                    "no keeper: when this daemon ends, socket requests of the programs under the interceptor will fail until"
                            + " they are started anew ({})",
                    e.getMessage());
            leaveKeeper();
        }
    }

    /** A keeper that was left may still keep what is here. */
    private void adopt(Keeper.Kept kept) {
        NotificationListener found = kept.parked().listener();
        Optional<Parked> known = listeners.keySet().stream()
                .filter(parked -> parked.listener().isSame(found))
                .findFirst();
        if (known.isPresent()) {
            found.close();
        } else {
            found.recall();
        }
        listeners.put(known.orElse(kept.parked()), Optional.of(kept.number()));
    }

    private void keepAll(Keeper reached) {
        listeners.forEach((parked, number) -> {
            if (number.isEmpty()) {
                listeners.put(parked, Optional.of(reached.keep(parked)));
            }
        });
    }

    /** Takes a listener in; from now on it survives whoever serves it. */
    public synchronized void add(Parked parked) {
        listeners.put(parked, Optional.empty());
        tell(this::keepAll);
    }

    /** Returns every listener. */
    public List<Parked> all() {
        return List.copyOf(listeners.keySet());
    }

    /** Closes a listener whose programs have ended. */
    public synchronized void remove(Parked parked) {
        Optional<Integer> number = listeners.remove(parked);
        if (number != null) {
            number.ifPresent(kept -> tell(current -> current.forget(kept)));
            parked.listener().close();
        }
    }

    /** What a keeper keeps stays there, for the next daemon. */
    @Deactivate
    synchronized void close() {
        leaveKeeper();
        all().forEach(this::remove);
    }

    /** One that has died is replaced by another, which is given everything. */
    private void tell(Consumer<Keeper> request) {
        Keeper current = keeper;
        Keeping wanted = keeping;
        if (current == null || wanted == null) {
            return;
        }
        try {
            request.accept(current);
        } catch (LinuxException e) {
            LOG.warn("the keeper is lost: {}", e.getMessage());
            leaveKeeper();
            reach(wanted);
        }
    }

    private void leaveKeeper() {
        if (keeper != null) {
            keeper.close();
        }
        keeper = null;
        keeping = null;
        listeners.replaceAll((parked, number) -> Optional.empty());
    }
}
