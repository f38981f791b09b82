package org.sallyport.linux.tcp.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.StreamEvent;

/** IKE's lease. */
final class LeasedIkeStreams implements IkeStreamLease {
    private static final Duration LATE_MESSAGES = Duration.ofSeconds(5);

    private final LeaseState state;
    private final Keeper keeper;
    private final StreamTable table;
    private final IkeInbox inbox;
    private final int port;

    LeasedIkeStreams(LeaseState state, Keeper keeper, IkeInbox inbox, int port) {
        this.state = state;
        this.keeper = keeper;
        this.table = keeper.table();
        this.inbox = inbox;
        this.port = port;
        state.whenEnded(inbox::wake);
    }

    @Override
    public void listen(boolean wanted) {
        state.requireStanding();
        keeper.listen(wanted, port);
    }

    @Override
    public StreamEnds open(InetAddress local, InetSocketAddress remote) {
        state.requireStanding();
        return keeper.open(local, remote);
    }

    @Override
    public void reopen(StreamEnds ends) {
        state.requireStanding();
        keeper.reopen(ends);
    }

    @Override
    public Optional<StreamEvent> receive(Duration timeout) {
        state.requireStanding();
        return inbox.poll(timeout, () -> !state.revoked());
    }

    @Override
    public boolean send(StreamEnds ends, byte[] message) {
        state.requireStanding();
        int octets = StreamFrames.LENGTH + StreamFrames.MARKER + message.length;
        if (octets > StreamFrames.LONGEST) {
            throw new IllegalArgumentException("a message of " + message.length + " octets is longer than a frame");
        }
        Stream stream = table.find(ends);
        Connection connection = stream == null ? null : stream.connection();
        return connection != null
                && connection.queue(ByteBuffer.allocate(octets)
                        .putShort((short) octets)
                        .putInt(0)
                        .put(message)
                        .array());
    }

    @Override
    public void genuine(StreamEnds ends) {
        state.requireStanding();
        Stream stream = table.find(ends);
        if (stream != null) {
            table.proven(stream);
        }
    }

    @Override
    public void move(StreamEnds known, StreamEnds newer, boolean proven) {
        state.requireStanding();
        Stream stream = table.find(newer);
        Connection connection = stream == null ? null : stream.connection();
        if (connection != null) {
            table.move(table.of(known), connection, proven);
        }
    }

    @Override
    public void end(StreamEnds ends) {
        state.requireStanding();
        Stream stream = table.find(ends);
        if (stream != null) {
            keeper.end(stream, LATE_MESSAGES);
        }
    }

    @Override
    public void retain(Set<StreamEnds> ends) {
        state.requireStanding();
        for (Stream each : table.streams()) {
            Connection connection = each.connection();
            boolean somebodys = each.ours() || (connection != null && connection.genuine());
            if (somebodys && !ends.contains(each.name())) {
                keeper.end(each, LATE_MESSAGES);
            }
        }
    }

    @Override
    public Epoch epoch() {
        return state.epoch();
    }

    @Override
    public boolean revoked() {
        return state.revoked();
    }

    @Override
    public void close() {
        state.close();
    }
}
