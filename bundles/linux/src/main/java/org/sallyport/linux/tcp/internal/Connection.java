package org.sallyport.linux.tcp.internal;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.netShort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.concurrent.locks.ReentrantLock;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.poll.Pollable;
import org.sallyport.linux.tcp.StreamEnds;

/**
 * One TCP connection. The {@link Keeper} takes it from state to state and closes it; one worker reads, and whoever has
 * something writes, a batch at a time and without waiting for the peer. Thread safe.
 */
final class Connection implements Pollable {
    enum State {
        /** We open it, and the peer has not answered. */
        CONNECTING,
        /** The peer opened it, and has not sent its prefix. */
        GREETING,
        OPEN,
        CLOSED
    }

    /** Octets: what a stranger sends without end must not cost much for the first of them. */
    private static final int LEAST_CARRIED = 2048;

    private final int number;
    private final int slot;
    private final int descriptor;
    private final StreamEnds ends;
    private final boolean ours;
    private final long since = System.nanoTime();
    private final Runnable keeper;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final PacketCalls writeCalls = new PacketCalls(Arena.ofAuto());
    private final Backlog backlog = new Backlog();
    private MemorySegment carried = MemorySegment.NULL;
    private int carriedOctets;
    private volatile State state;
    private volatile Stream stream;
    private volatile boolean broken;
    private volatile boolean heard;
    private volatile boolean genuine;
    private volatile boolean waiting;
    private int greeted;

    /**
     * @param number of this connection and no other
     * @param slot its place among those there are
     * @param ours whether we open it
     * @param keeper wakes the keeper
     */
    Connection(int number, int slot, int descriptor, Stream stream, StreamEnds ends, boolean ours, Runnable keeper) {
        this.number = number;
        this.slot = slot;
        this.descriptor = descriptor;
        this.stream = stream;
        this.ends = ends;
        this.ours = ours;
        this.keeper = keeper;
        this.state = ours ? State.CONNECTING : State.GREETING;
        if (ours) {
            backlog.add(StreamFrames.prefix());
        }
    }

    int number() {
        return number;
    }

    int slot() {
        return slot;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    /** Returns its own ends, whatever stream it carries. */
    StreamEnds ends() {
        return ends;
    }

    InetAddress remote() {
        return ends.remote().getAddress();
    }

    boolean ours() {
        return ours;
    }

    long since() {
        return since;
    }

    State state() {
        return state;
    }

    /** Returns the stream that it carries. */
    Stream stream() {
        return stream;
    }

    void stream(Stream carriedNow) {
        stream = carriedNow;
    }

    /** Tells whether somebody who authenticated himself speaks by it. */
    boolean genuine() {
        return genuine;
    }

    void proven() {
        genuine = true;
    }

    /** Tells whether the peer has sent a frame that makes sense. */
    boolean heard() {
        return heard;
    }

    boolean broken() {
        return broken;
    }

    /** Has the keeper close it. */
    void breakOff() {
        if (!broken) {
            broken = true;
            keeper.run();
        }
    }

    /** Tells whether octets wait for the kernel to take them. */
    boolean waiting() {
        return waiting;
    }

    /** It stands: what waits may leave. */
    void opened() {
        writing.lock();
        try {
            state = State.OPEN;
            flush();
        } finally {
            writing.unlock();
        }
    }

    /**
     * Takes what has come of the prefix that the peer sends first.
     *
     * @return whether it is there whole
     */
    boolean greet() {
        byte[] prefix = StreamFrames.prefix();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(prefix.length);
            long read = SystemCalls.read(descriptor, octets, prefix.length - (long) greeted);
            if (read == 0 || (read < 0 && !mayComeLater(read))) {
                breakOff();
                return false;
            }
            for (int i = 0; i < read; i++) {
                if (octets.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i) != prefix[greeted++]) {
                    breakOff();
                    return false;
                }
            }
        }
        return greeted == prefix.length;
    }

    private static boolean mayComeLater(long result) {
        return result == -ErrnoNames.EAGAIN || result == -ErrnoNames.EINTR;
    }

    // ---- reading: one worker ----

    /**
     * Reads what has come behind what {@link #carry} kept.
     *
     * @param calls of the caller's thread
     * @param to where to
     * @param capacity its octets, more than a frame's
     * @return octets there now, 0 when nothing came
     */
    int read(PacketCalls calls, long to, int capacity) {
        reading.lock();
        try {
            if (state != State.OPEN || broken) {
                return 0;
            }
            long read = calls.read(descriptor, to + carriedOctets, capacity - (long) carriedOctets);
            if (read > 0) {
                copy(carried.address(), to, carriedOctets);
                int octets = carriedOctets + (int) read;
                carriedOctets = 0;
                return octets;
            }
            if (!mayComeLater(read)) {
                breakOff();
            }
            return 0;
        } finally {
            reading.unlock();
        }
    }

    /** A frame that makes sense came from the peer. */
    void sensible() {
        if (!heard) {
            heard = true;
        }
    }

    /** Does something while its descriptor is its own; nothing when it stands no more, or not yet. */
    void whileOpen(Runnable action) {
        reading.lock();
        try {
            if (state == State.OPEN) {
                action.run();
            }
        } finally {
            reading.unlock();
        }
    }

    /** Keeps a frame's beginning until the rest comes. */
    void carry(long from, int octets) {
        reading.lock();
        try {
            if (carried.byteSize() < octets) {
                carried = Arena.ofAuto().allocate(Math.max(LEAST_CARRIED, Integer.highestOneBit(octets) * 2L));
            }
            copy(from, carried.address(), octets);
            carriedOctets = octets;
        } finally {
            reading.unlock();
        }
    }

    // ---- writing: anybody ----

    /**
     * Sends frames that lie one behind the other. What the kernel has no room for is dropped; of a frame that it took in
     * part the rest waits.
     *
     * @return how many were dropped
     */
    int send(long frames, int octets, int count) {
        writing.lock();
        try {
            if (state != State.OPEN || broken || !flush()) {
                return count;
            }
            long written = write(frames, octets);
            return written == octets ? 0 : keepBegun(frames, frames + Math.max(0, written), count);
        } finally {
            writing.unlock();
        }
    }

    private int keepBegun(long frames, long stopped, int count) {
        long at = frames;
        int dropped = count;
        while (at < stopped) {
            at += netShort(at) & 0xffff;
            dropped--;
        }
        if (at > stopped) {
            backlog.add(stopped, (int) (at - stopped)); // there was none
            mustWait();
        }
        return dropped;
    }

    /** Sends octets, or has them wait for their turn; false when too many wait, or it is closed. */
    boolean queue(byte[] frame) {
        writing.lock();
        try {
            if (broken || state == State.CLOSED || !backlog.add(frame)) {
                return false;
            }
            if (state == State.OPEN) {
                flush();
            }
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Sends what waits; tells whether nothing does any more. */
    boolean flush() {
        writing.lock();
        try {
            while (!backlog.isEmpty()) {
                long written = state == State.OPEN ? write(backlog.address(), backlog.octets()) : 0;
                if (written <= 0) {
                    mustWait();
                    return false;
                }
                backlog.taken((int) written);
            }
            waiting = false;
            return true;
        } finally {
            writing.unlock();
        }
    }

    private void mustWait() {
        if (!waiting) {
            waiting = true;
            keeper.run();
        }
    }

    private long write(long from, int octets) {
        long written = writeCalls.write(descriptor, from, octets);
        if (written < 0 && !mayComeLater(written)) {
            breakOff();
        }
        return written;
    }

    /** Closes it, when nobody is reading or writing; what the kernel has taken still leaves. */
    void close() {
        writing.lock();
        reading.lock();
        try {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                SystemCalls.close(descriptor);
            }
        } finally {
            reading.unlock();
            writing.unlock();
        }
    }

    @Override
    public String toString() {
        return ends.local() + " - " + ends.remote();
    }
}
