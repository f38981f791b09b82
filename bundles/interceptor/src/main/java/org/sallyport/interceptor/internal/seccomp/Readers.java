package org.sallyport.interceptor.internal.seccomp;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.sallyport.linux.seccomp.ListenerPark;
import org.sallyport.linux.seccomp.ListenerPark.Parked;

/** One reader for each listener, within bounds. Thread safe. */
final class Readers {
    private final ListenerPark park;
    private final CallHandler handler;
    private final int total;
    private final int perUser;
    private final Set<ListenerReader> readers = ConcurrentHashMap.newKeySet();

    /**
     * Sets the bounds.
     *
     * @param park keeps the listeners over replacements of this bundle
     * @param total listeners at once
     * @param perUser listeners of one user at once
     */
    Readers(ListenerPark park, CallHandler handler, int total, int perUser) {
        this.park = park;
        this.handler = handler;
        this.total = total;
        this.perUser = perUser;
    }

    /** Serves the listeners that were served by somebody else before, and that nobody serves yet. */
    synchronized void takeOver() {
        Set<Parked> served = readers.stream().map(ListenerReader::parked).collect(Collectors.toSet());
        park.all().stream().filter(parked -> !served.contains(parked)).forEach(this::read);
    }

    /** Says why a user may bring no more listeners, if so. */
    Optional<String> full(long userId) {
        if (readers.size() >= total) {
            return Optional.of("the appliance serves " + total + " supervised programs already");
        }
        long own = readers.stream()
                .filter(reader -> reader.parked().userId() == userId)
                .count();
        return own >= perUser
                ? Optional.of("user " + userId + " has " + perUser + " supervised programs already")
                : Optional.empty();
    }

    /** Serves a listener from now on. */
    synchronized void add(Parked parked) {
        park.add(parked);
        read(parked);
    }

    /** Stops serving; the listeners stay in the park. */
    void stop() throws InterruptedException {
        readers.forEach(ListenerReader::stop);
        for (ListenerReader reader : readers) {
            reader.join();
        }
        readers.clear();
    }

    private void read(Parked parked) {
        ListenerReader reader = new ListenerReader(parked, handler, this::ended);
        readers.add(reader);
        reader.start();
    }

    private void ended(ListenerReader reader) {
        readers.remove(reader);
        park.remove(reader.parked());
    }
}
