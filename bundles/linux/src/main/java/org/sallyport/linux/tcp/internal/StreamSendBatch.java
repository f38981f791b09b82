package org.sallyport.linux.tcp.internal;

import static org.sallyport.linux.memory.RawMemory.putNetShort;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/**
 * Frames on their way out: each packet behind its length (RFC 9329 section 3). Those for one stream that follow each other
 * are one write.
 */
final class StreamSendBatch implements SendBatch {
    private static final int RUNS = 256;

    private final long buffer;
    private final long end;
    private final @Nullable Stream[] streams = new Stream[RUNS];
    private final long[] begins = new long[RUNS];
    private final int[] counts = new int[RUNS];
    private int runs;
    private int frames;
    private long position;
    private long refused;

    StreamSendBatch(Arena arena, int octets) {
        if (octets < 2 * StreamFrames.LONGEST) {
            throw new IllegalArgumentException("a batch of frames has room for 131070 octets or more, not " + octets);
        }
        buffer = arena.allocate(octets, 4096).address();
        end = buffer + octets;
        position = buffer;
    }

    @Override
    public long reserve(int octets) {
        return runs < RUNS && end - position >= octets + StreamFrames.LENGTH ? position + StreamFrames.LENGTH : 0;
    }

    /** Traffic class and fragmentation are the connection's: its segments are not packets of ours. */
    @Override
    public void commit(int length, UdpDestination destination, int trafficClass, boolean whole) {
        int frame = length + StreamFrames.LENGTH;
        if (frame > StreamFrames.LONGEST) {
            refused++;
            return;
        }
        putNetShort(position, frame);
        if (runs == 0 || streams[runs - 1] != destination) {
            streams[runs] = (Stream) destination;
            begins[runs] = position;
            counts[runs] = 0;
            runs++;
        }
        counts[runs - 1]++;
        position += frame;
        frames++;
    }

    @Override
    public int datagrams() {
        return frames;
    }

    @Override
    public long refused() {
        return refused;
    }

    /** Nothing but a full connection, or none, makes frames be dropped. */
    @Override
    public int lastErrno() {
        return refused == 0 ? 0 : ErrnoNames.ENOBUFS;
    }

    /** Sends everything; what cannot go is counted. Returns how many frames went. */
    int flush() {
        int dropped = 0;
        for (int i = 0; i < runs; i++) {
            long upTo = i + 1 < runs ? begins[i + 1] : position;
            Stream stream = streams[i];
            if (stream != null) {
                dropped += stream.send(begins[i], (int) (upTo - begins[i]), counts[i]);
            }
        }
        int sent = frames - dropped;
        refused += dropped;
        clear();
        return sent;
    }

    void clear() {
        runs = 0;
        frames = 0;
        position = buffer;
    }
}
