package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.copy;

import java.lang.foreign.Arena;

/**
 * Where packets that arrive in transport mode get their IP header: there is no room for one in front of what was opened,
 * since what lies there may belong to the packet before. They stay until {@link #clear}. Belongs to one thread.
 */
public final class TransportUnpacker {
    private static final int SIZE = 1 << 18;
    private static final int LARGEST = (1 << 16) + 64;
    private static final int ALIGNMENT = 64;

    private final Arena arena;
    private final long buffer;
    private int used;

    public TransportUnpacker(Arena arena) {
        this.arena = arena;
        this.buffer = arena.allocate(SIZE, ALIGNMENT).address();
    }

    /** Tells whether the largest packet still finds room: if not, {@link #clear} it first. */
    public boolean hasRoom() {
        return used <= SIZE - LARGEST - ALIGNMENT;
    }

    /** Lets go of every packet. */
    public void clear() {
        used = 0;
    }

    /**
     * Copies what was opened behind an IP header.
     *
     * @param length its octets, at most the header's {@link TransportHeader#mostPayload}
     * @param next what it is: an IP protocol
     * @param trafficClass DSCP and ECN field of the header that was on the wire
     * @return the address of the packet
     */
    public long unpack(TransportHeader header, long text, int length, int next, int trafficClass) {
        long ip = buffer + used;
        header.write(ip, length, next, trafficClass);
        copy(text, ip + header.length(), length);
        used += header.length() + length + ALIGNMENT - 1 & -ALIGNMENT;
        return ip;
    }

    /** Returns the arena that keeps the packets alive. */
    Arena arena() {
        return arena;
    }
}
