package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getAcquire;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.setRelease;

import java.lang.foreign.Arena;

/**
 * Packets on their way from one worker to another: a bounded ring off the heap, without locks. One thread offers, one
 * takes. Head and tail count octets and never wrap; they lie on cache lines of their own.
 */
final class PacketRing {
    private static final int SIZE = 1 << 20;
    private static final int ENTRY = 8;
    private static final long SKIP = -1;

    private final Arena arena;
    private final long tail;
    private final long head;
    private final long data;

    PacketRing(Arena arena) {
        this.arena = arena;
        long base = arena.allocate(256L + SIZE, 128).address();
        this.tail = base;
        this.head = base + 128;
        this.data = base + 256;
    }

    /** Copies a packet into the ring; false when there is no room. */
    boolean offer(long address, int length) {
        return offer(address, length, 0);
    }

    /**
     * Copies a packet into the ring; false when there is no room.
     *
     * @param note a number that goes along, see {@link #note}
     */
    boolean offer(long address, int length, int note) {
        long at = getLong(tail);
        long needed = ENTRY + (length + 7L & -8L);
        long place = at & SIZE - 1;
        long skipped = place + needed > SIZE ? SIZE - place : 0;
        if (at + skipped + needed - getAcquire(head) > SIZE) {
            return false;
        }
        if (skipped > 0) {
            putLong(data + place, SKIP);
            place = 0;
        }
        putLong(data + place, (long) note << 32 | length);
        copy(address, data + place + ENTRY, length);
        setRelease(tail, at + skipped + needed);
        return true;
    }

    /** Returns the address of the oldest packet's entry: 8 octets that the packet follows; 0 when there is none. */
    long peek() {
        long at = getLong(head);
        if (at == getAcquire(tail)) {
            return 0;
        }
        long place = at & SIZE - 1;
        if (getLong(data + place) == SKIP) {
            setRelease(head, at + SIZE - place);
            return peek();
        }
        return data + place;
    }

    /** Returns a packet's length. */
    static int length(long entry) {
        return (int) getLong(entry);
    }

    /** Returns the number that went along. */
    static int note(long entry) {
        return (int) (getLong(entry) >>> 32);
    }

    /** Lets go of the oldest packet, which was peeked at. */
    void release() {
        long at = getLong(head);
        setRelease(head, at + ENTRY + (length(data + (at & SIZE - 1)) + 7L & -8L));
    }

    /** Returns the arena that keeps the ring alive. */
    Arena arena() {
        return arena;
    }
}
