package org.sallyport.classifier.internal.parking;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.putInt;
import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;

/**
 * Memory for packets off the heap, in cells of one size that are chained: nothing fragments, and what is freed is wiped.
 * Memory is taken from the system as it is first needed, and kept. Cells are numbered from 0. Belongs to one thread.
 */
final class CellStore {
    /** Octets in a cell with its header. */
    static final int CELL = 256;

    /** Octets taken from the system at once. */
    static final int SLAB = 1 << 18;

    static final int NONE = -1;

    private static final int NEXT_CELL = 0;
    private static final int LENGTH = 4;
    private static final int LATER = 8;
    private static final int EARLIER = 12;
    private static final int DATA = 16;
    private static final int ROOM = CELL - DATA;
    private static final int CELLS_IN_SLAB = SLAB / CELL;

    private final Arena arena = Arena.ofAuto();
    private final int capacity;
    private final long[] slabs;
    private int touched;
    private int used;
    private int free = NONE;

    CellStore(int capacity) {
        this.capacity = capacity;
        this.slabs = new long[(capacity + CELLS_IN_SLAB - 1) / CELLS_IN_SLAB];
    }

    /** Returns how many cells so many octets take. */
    static int cells(int length) {
        return (length + ROOM - 1) / ROOM;
    }

    int left() {
        return capacity - used;
    }

    /** Keeps a copy, for which there is room; returns its first cell. */
    int put(long from, int length) {
        int first = NONE;
        int before = NONE;
        for (int done = 0; done < length; done += ROOM) {
            int cell = take();
            long at = address(cell);
            copy(from + done, at + DATA, Math.min(ROOM, length - done));
            putInt(at + NEXT_CELL, NONE);
            if (before == NONE) {
                first = cell;
            } else {
                putInt(address(before) + NEXT_CELL, cell);
            }
            before = cell;
        }
        long at = address(first);
        putInt(at + LENGTH, length);
        putInt(at + LATER, NONE);
        putInt(at + EARLIER, NONE);
        return first;
    }

    private int take() {
        used++;
        if (free != NONE) {
            int cell = free;
            free = getInt(address(cell) + NEXT_CELL);
            return cell;
        }
        int slab = touched / CELLS_IN_SLAB;
        if (slabs[slab] == 0) {
            slabs[slab] = arena.allocate(SLAB, 64).address();
        }
        return touched++;
    }

    private long address(int cell) {
        return slabs[cell / CELLS_IN_SLAB] + (long) (cell % CELLS_IN_SLAB) * CELL;
    }

    /** Copies out what begins in this cell; returns its octets. */
    int copyTo(int first, long to) {
        int length = length(first);
        int cell = first;
        for (int done = 0; done < length; done += ROOM) {
            copy(address(cell) + DATA, to + done, Math.min(ROOM, length - done));
            cell = getInt(address(cell) + NEXT_CELL);
        }
        return length;
    }

    /** Wipes what begins in this cell, and forgets it. */
    void free(int first) {
        int cell = first;
        while (cell != NONE) {
            long at = address(cell);
            int next = getInt(at + NEXT_CELL);
            zero(at, CELL);
            putInt(at + NEXT_CELL, free);
            free = cell;
            used--;
            cell = next;
        }
    }

    int length(int first) {
        return getInt(address(first) + LENGTH);
    }

    int later(int first) {
        return getInt(address(first) + LATER);
    }

    int earlier(int first) {
        return getInt(address(first) + EARLIER);
    }

    /** Has one packet follow another. */
    void link(int earlier, int later) {
        if (earlier != NONE) {
            putInt(address(earlier) + LATER, later);
        }
        if (later != NONE) {
            putInt(address(later) + EARLIER, earlier);
        }
    }

    /** Returns the arena that keeps the memory alive. */
    Arena arena() {
        return arena;
    }
}
