package org.sallyport.api.negotiation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The negotiators there are just now, for those parts of the appliance that ask them. What it gives out answers at once
 * whatever the negotiator behind it does: calls go on a thread of that negotiator's own, and one that throws, hangs,
 * answers nonsense or never, or is gone, has refused with the reason in words. Thread safe.
 */
public final class Negotiators implements AutoCloseable {
    private record Entry(String name, Negotiator negotiator, GuardedNegotiator guarded) {}

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** A negotiator came; it goes before an older one of its name. */
    public void add(Negotiator negotiator, Map<String, Object> properties) {
        String name = String.valueOf(properties.get(Negotiator.NAME));
        entries.addFirst(new Entry(name, negotiator, new GuardedNegotiator(name, negotiator)));
    }

    /** A negotiator went: what it has not answered by then is refused soon. */
    public void remove(Negotiator negotiator) {
        List<Entry> gone =
                entries.stream().filter(e -> e.negotiator() == negotiator).toList();
        entries.removeAll(gone);
        gone.forEach(e -> e.guarded().close());
    }

    /** Finds the one that policies call by this name. */
    public Optional<Negotiator> find(String name) {
        return entries.stream()
                .filter(e -> e.name().equals(name))
                .<Negotiator>map(Entry::guarded)
                .findFirst();
    }

    /** Returns all of them. */
    public List<Negotiator> all() {
        return entries.stream().<Negotiator>map(Entry::guarded).toList();
    }

    @Override
    public void close() {
        entries.forEach(e -> e.guarded().close());
        entries.clear();
    }
}
