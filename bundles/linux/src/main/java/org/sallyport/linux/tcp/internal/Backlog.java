package org.sallyport.linux.tcp.internal;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.copyIn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Octets that wait until a connection takes them: the end of a frame that was begun, and IKE messages. Bounded; has memory
 * only while something waits. Used under its connection's lock.
 */
final class Backlog {
    private static final int SMALLEST = 4096;
    /** The longest frame's end, and as much again of IKE. */
    static final int LARGEST = 2 * StreamFrames.LONGEST;

    private MemorySegment memory = MemorySegment.NULL;
    private int begin;
    private int end;

    boolean isEmpty() {
        return begin == end;
    }

    int octets() {
        return end - begin;
    }

    /** Returns the address of the oldest octet. */
    long address() {
        return memory.address() + begin;
    }

    /** Takes octets that lie elsewhere; false, and nothing is taken, when too many wait. */
    boolean add(long from, int octets) {
        if (!makeRoom(octets)) {
            return false;
        }
        copy(from, memory.address() + end, octets);
        end += octets;
        return true;
    }

    /** As {@link #add(long, int)}. */
    boolean add(byte[] from) {
        if (!makeRoom(from.length)) {
            return false;
        }
        copyIn(from, 0, memory.address() + end, from.length);
        end += from.length;
        return true;
    }

    /** The oldest octets are gone. */
    void taken(int octets) {
        begin += octets;
        if (begin == end) {
            memory = MemorySegment.NULL;
            begin = 0;
            end = 0;
        }
    }

    private boolean makeRoom(int more) {
        int needed = octets() + more;
        if (needed > LARGEST) {
            return false;
        }
        if (memory.byteSize() - end < more) {
            MemorySegment larger = Arena.ofAuto().allocate(Math.max(SMALLEST, Math.min(LARGEST, 2L * needed)));
            copy(address(), larger.address(), octets());
            end = octets();
            begin = 0;
            memory = larger;
        }
        return true;
    }
}
