package org.sallyport.linux.tcp.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.tcp.StreamEnds;

/** Which streams and connections there are, and which of them belong together. Thread safe. */
final class StreamTable {
    /** Connections altogether. */
    static final int MOST = 1024;

    private static final int MOST_NUMBERS = (1 << 24) - 1;
    private static final int MOST_OF_ONE = 128;
    private static final int MOST_UNPROVEN = 256;
    private static final int MOST_UNPROVEN_OF_ONE = 16;
    private static final int IPV6_NETWORK = 8;

    private final AtomicReferenceArray<@Nullable Connection> slots = new AtomicReferenceArray<>(MOST);
    /** By its name, and by those of streams whose connections took the place of its own. */
    private final Map<StreamEnds, Stream> streams = new HashMap<>();

    private final Runnable keeper;
    private final Consumer<StreamEnds> reopened;
    private int numbers;

    /**
     * @param keeper wakes the keeper
     * @param reopened takes the names of streams whose peers came by another connection
     */
    StreamTable(Runnable keeper, Consumer<StreamEnds> reopened) {
        this.keeper = keeper;
        this.reopened = reopened;
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

    /**
     * Tells whether one more connection from there is let in. When strangers have all the places that are theirs, who has
     * waited longest gives way: they must not keep out whoever means it.
     */
    synchronized boolean lets(InetAddress remote) {
        Predicate<Connection> unproven = each -> !each.ours() && !each.genuine() && !each.broken();
        Predicate<Connection> ofOne = each -> sameHost(each.remote(), remote);
        List<Connection> all = connections();
        if (count(all, ofOne) >= MOST_OF_ONE || count(all, unproven.and(ofOne)) >= MOST_UNPROVEN_OF_ONE) {
            return false;
        }
        if (all.size() >= MOST || count(all, unproven) >= MOST_UNPROVEN) {
            all.stream()
                    .filter(unproven)
                    .min(Comparator.comparingLong(Connection::since))
                    .ifPresent(Connection::breakOff);
        }
        return all.size() < MOST;
    }

    /** Of IPv6 a host has a whole network. */
    private static boolean sameHost(InetAddress one, InetAddress other) {
        boolean both = one instanceof Inet6Address && other instanceof Inet6Address;
        return both
                ? Arrays.equals(one.getAddress(), 0, IPV6_NETWORK, other.getAddress(), 0, IPV6_NETWORK)
                : one.equals(other);
    }

    private static long count(List<Connection> all, Predicate<Connection> which) {
        return all.stream().filter(which).count();
    }

    /**
     * Adds a connection.
     *
     * @param ends its own
     * @param stream that it carries; null for that of its name
     * @return null when there are too many, or when it has the name of a stream whose peer came by another connection since
     *     then: that address and port can be anybody's now
     */
    synchronized @Nullable Connection add(int descriptor, StreamEnds ends, @Nullable Stream stream, boolean ours) {
        if (stream == null && isUsed(streams.get(ends))) {
            return null;
        }
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

    private static boolean isUsed(@Nullable Stream named) {
        Connection standing = named == null ? null : named.connection();
        return standing != null && !standing.broken();
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
            if (!stream.ours() && !stream.proven()) {
                remove(stream);
            }
        }
    }

    /** Forgets a stream. */
    synchronized void remove(Stream gone) {
        streams.values().removeIf(each -> each == gone);
    }

    /** Who authenticated himself speaks by this stream. */
    synchronized void proven(Stream stream) {
        stream.becomeProven();
        Connection connection = stream.connection();
        if (connection != null) {
            connection.proven();
        }
    }

    /**
     * A connection takes the place of a stream's own, unless we are who opens that.
     *
     * @param proven whether it is whose stream it is who moves it, and not only who began it
     */
    synchronized void move(Stream known, Connection newest, boolean proven) {
        if (proven) {
            known.becomeProven();
            newest.proven();
        }
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
        reopened.accept(known.name());
    }

    /** What else it was called: only its latest such name is still used by answers under way. */
    private void forgetNames(Stream stream, Connection newest) {
        streams.entrySet()
                .removeIf(each -> each.getValue() == stream
                        && !each.getKey().equals(stream.name())
                        && !each.getKey().equals(newest.ends()));
    }
}
