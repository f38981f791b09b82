package org.sallyport.linux.seccomp;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Keeps every listener open while the bundle that serves it is replaced: calls wait meanwhile, instead of failing for
 * good with ENOSYS. Thread safe.
 */
@Component(service = ListenerPark.class, immediate = true)
public final class ListenerPark {
    private final Set<Parked> listeners = ConcurrentHashMap.newKeySet();

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

    /** Takes a listener in; from now on it survives whoever serves it. */
    public void add(Parked parked) {
        listeners.add(parked);
    }

    /** Returns every listener. */
    public List<Parked> all() {
        return List.copyOf(listeners);
    }

    /** Closes a listener whose programs have ended. */
    public void remove(Parked parked) {
        if (listeners.remove(parked)) {
            parked.listener().close();
        }
    }

    @Deactivate
    void close() {
        all().forEach(this::remove);
    }
}
