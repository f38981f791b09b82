package org.sallyport.linux.tcp.internal;

import static org.sallyport.linux.memory.RawMemory.copyOut;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.poll.Pollable;
import org.sallyport.linux.poll.Poller;

/**
 * Reads the connections of one worker and cuts them into frames, where they lie. Outlives leases, since where one holder
 * stopped in a stream the next one has to go on. Frames are read by one thread at a time; any may add connections.
 */
final class StreamReader implements Pollable, AutoCloseable {
    private static final int BUFFER = 256 << 10;

    private final StreamTable table;
    private final IkeInbox inbox;
    private final Arena arena = Arena.ofAuto();
    private final Poller poller = new Poller(1);
    private final PacketCalls calls = new PacketCalls(arena);
    private final long buffer = arena.allocate(BUFFER, 4096).address();
    private @Nullable Connection current;
    private long position;
    private long limit;
    private volatile boolean used;

    StreamReader(StreamTable table, IkeInbox inbox) {
        this.table = table;
        this.inbox = inbox;
    }

    /** Readable while one of its connections is. */
    @Override
    public int descriptor() {
        return poller.descriptor();
    }

    /** Reads a connection from now on, until that is closed. */
    void add(Connection connection) {
        used = true;
        poller.add(connection, (long) connection.number() << Integer.SIZE | connection.slot());
    }

    /** Takes what waits: of one connection, and of another the next time. */
    void receive(StreamReceiveBatch batch) {
        batch.clear();
        if (position == limit) {
            fill();
        }
        Connection from = current;
        while (from != null && position < limit && batch.hasRoom()) {
            take(from, batch);
        }
    }

    private void fill() {
        if (!used || poller.await(0) == 0) {
            return;
        }
        long tag = poller.tag(0);
        Connection ready = table.at((int) tag);
        // Its place may be another's by now, which another worker may read.
        if (ready != null && ready.number() == tag >>> Integer.SIZE) {
            current = ready;
            position = buffer;
            limit = buffer + ready.read(calls, buffer, BUFFER);
        }
    }

    private void take(Connection from, StreamReceiveBatch batch) {
        int length = StreamFrames.next(position, limit);
        switch (length) {
            case StreamFrames.INCOMPLETE -> {
                from.carry(position, (int) (limit - position));
                position = limit;
            }
            case StreamFrames.SENSELESS -> {
                from.breakOff();
                position = limit;
            }
            default -> {
                from.sensible();
                deliver(from, position + StreamFrames.LENGTH, length - StreamFrames.LENGTH, batch);
                position += length;
            }
        }
    }

    private void deliver(Connection from, long content, int octets, StreamReceiveBatch batch) {
        if (StreamFrames.isKeepAlive(content, octets)) {
            return;
        }
        if (!StreamFrames.isIke(content)) {
            batch.add(content, octets, from);
            return;
        }
        byte[] message = new byte[octets - StreamFrames.MARKER];
        copyOut(content + StreamFrames.MARKER, message, 0, message.length);
        if (!inbox.offer(from, message)) {
            from.breakOff(); // nobody sends it again by this connection, but by the next
        }
    }

    @Override
    public void close() {
        poller.close();
    }
}
