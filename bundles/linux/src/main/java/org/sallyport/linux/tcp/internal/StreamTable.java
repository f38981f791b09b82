package org.sallyport.linux.tcp.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.StreamEvent;

/** Which streams and connections there are, and which of them belong together. Thread safe. */
final class StreamTable {
    /** Connections altogether. */
    static final int MOST = 1024;

    private static final int MOST_NUMBERS = (1 << 24) - 1;
    private static final int MOST_OF_ONE = 128;
    private static final int MOST_UNPROVEN = 256;
    private static final int MOST_UNPROVEN_OF_ONE = 16;

    private final AtomicReferenceArray<@Nullable Connection> slots = new AtomicReferenceArray<>(MOST);
    /** By its name, and by those of streams whose connections took the place of its own. */
    private final Map<StreamEnds, Stream> streams = new HashMap<>();

    private final Runnable keeper;
    private final Consumer<StreamEvent> events;
    private int numbers;

    /**
     * @param keeper wakes the keeper
     * @param events takes what IKE is to hear
     */
    StreamTable(Runnable keeper, Consumer<StreamEvent> events) {
        this.keeper = keeper;
        this.events = events;
    }

    /** Returns the connection in a place, if there is one. */
    @Nullable
    Connection at(int slot) {
        return slots.get(slot);
    }

    List<Connection> connections() {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            Connection each = slots.get(i);
            if (each != null) {
                all.add(each);
            }
        }
        return all;
    }

    synchronized Set<Stream> streams() {
        return Set.copyOf(streams.values());
    }

    synchronized @Nullable Stream find(StreamEnds ends) {
        return streams.get(ends);
    }

    /** Returns the stream of this name, which may have to come yet. */
    synchronized Stream of(StreamEnds ends) {
        return streams.computeIfAbsent(ends, name -> new Stream(name, false));
    }

    /** Tells whether one more connection from there is let in. */
    synchronized boolean lets(InetAddress remote) {
        Predicate<Connection> unproven = each -> !each.ours() && !each.genuine();
        Predicate<Connection> ofOne = each -> each.remote().equals(remote);
        List<Connection> all = connections();
        return all.size() < MOST
                && count(all, ofOne) < MOST_OF_ONE
                && count(all, unproven) < MOST_UNPROVEN
                && count(all, unproven.and(ofOne)) < MOST_UNPROVEN_OF_ONE;
    }

    private static long count(List<Connection> all, Predicate<Connection> which) {
        return all.stream().filter(which).count();
    }

    /**
     * Adds a connection.
     *
     * @param ends its own
     * @param stream that it carries; null for that of its name
     * @return null when there are too many
     */
    synchronized @Nullable Connection add(int descriptor, StreamEnds ends, @Nullable Stream stream, boolean ours) {
        for (int slot = 0; slot < MOST; slot++) {
            if (slots.get(slot) == null) {
                Stream carries = stream == null ? streams.computeIfAbsent(ends, n -> new Stream(n, ours)) : stream;
                Connection added = new Connection(nextNumber(), slot, descriptor, carries, ends, ours, keeper);
                carries.connection(added);
                slots.set(slot, added);
                return added;
            }
        }
        return null;
    }

    private int nextNumber() {
        numbers = numbers % MOST_NUMBERS + 1;
        return numbers;
    }

    /** Forgets a connection that is closed. */
    synchronized void remove(Connection gone) {
        slots.set(gone.slot(), null);
        Stream stream = gone.stream();
        if (stream.connection() == gone) {
            stream.connection(null);
            if (!stream.ours() && !gone.genuine()) {
                remove(stream);
            }
        }
    }

    /** Forgets a stream. */
    synchronized void remove(Stream gone) {
        streams.values().removeIf(each -> each == gone);
    }

    /** A connection takes the place of a stream's own, unless we are who opens that. */
    synchronized void move(Stream known, Connection newest) {
        newest.proven();
        Stream other = newest.stream();
        if (other == known || known.ours() || other.ours() || newest.broken()) {
            return;
        }
        Connection before = known.connection();
        known.connection(newest);
        newest.stream(known);
        streams.replaceAll((name, stream) -> stream == other ? known : stream);
        forgetNames(known, newest);
        if (before != null) {
            before.breakOff();
        }
        events.accept(new StreamEvent.Reopened(known.name()));
    }

    /** What else it was called: only its latest such name is still used by answers under way. */
    private void forgetNames(Stream stream, Connection newest) {
        streams.entrySet()
                .removeIf(each -> each.getValue() == stream
                        && !each.getKey().equals(stream.name())
                        && !each.getKey().equals(newest.ends()));
    }
}
