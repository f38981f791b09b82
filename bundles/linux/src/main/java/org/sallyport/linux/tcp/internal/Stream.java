package org.sallyport.linux.tcp.internal;

import org.jspecify.annotations.Nullable;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.udp.UdpDestination;

/**
 * What IKE and ESP of one IKE SA go by, with the connection that it has just now. Its connection changes under the {@link
 * StreamTable}'s lock and is read without; the rest is the table's.
 */
final class Stream implements UdpDestination {
    static final long NEVER = Long.MAX_VALUE;

    private final StreamEnds name;
    private volatile boolean ours;
    private volatile boolean proven;
    private volatile @Nullable Connection connection;
    /** In terms of System.nanoTime, as is the next. */
    private long openAt = NEVER;

    private long endAt = NEVER;
    private int failures;
    private boolean opened;

    /** @param ours whether we open its connections */
    Stream(StreamEnds name, boolean ours) {
        this.name = name;
        this.ours = ours;
    }

    StreamEnds name() {
        return name;
    }

    boolean ours() {
        return ours;
    }

    /** From now on we open its connections. */
    void becomeOurs() {
        ours = true;
    }

    /** Tells whether somebody who authenticated himself has spoken by it: it ends with his IKE SA, and not before. */
    boolean proven() {
        return proven;
    }

    void becomeProven() {
        proven = true;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    void connection(@Nullable Connection current) {
        connection = current;
    }

    /** Sends frames; returns how many were dropped. */
    int send(long frames, int octets, int count) {
        Connection current = connection;
        return current == null ? count : current.send(frames, octets, count);
    }

    long openAt() {
        return openAt;
    }

    void openAt(long nanos) {
        openAt = nanos;
    }

    long endAt() {
        return endAt;
    }

    void endAt(long nanos) {
        endAt = nanos;
    }

    boolean ending() {
        return endAt != NEVER;
    }

    /**
     * Its connection was lost, or could not be made: returns how many in a row before this one came to nothing.
     *
     * @param stood whether it had stood for a while, with somebody who spoke sense
     */
    int failed(boolean stood) {
        failures = stood ? 0 : failures;
        return failures++;
    }

    /** It has a connection that stands; tells whether it had one, or ought to have had one, before. */
    boolean openedAgain() {
        boolean again = opened || failures > 0;
        opened = true;
        return again;
    }
}
