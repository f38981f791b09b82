package org.sallyport.classifier.internal.parking;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.putInt;
import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * ESP packets, still sealed, for inbound SPIs that are reserved and that no SA has yet: who answers an exchange of ours may
 * send before we have read the answer, and nothing of that is to be lost. Nobody vouches for them until they are opened, so
 * all is bounded: SPIs, packets of each, octets, and time. What lies here is in the order in which it came, and everything
 * is made beforehand. Belongs to the thread in, but for {@link #occupied}.
 */
public final class EarlyPackets {
    /** How many SPIs may have packets here at once. */
    public static final int MOST_SPIS = 64;

    /** How many packets of one SPI. */
    public static final int MOST_PACKETS = 512;

    /** Memory of all, in octets. */
    public static final int MOST_OCTETS = 4 << 20;

    /** How long the first packet of an SPI waits, and with it all others. */
    public static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int LONGEST = 1 << 16;
    private static final int NOTE = 8;

    private final CellStore store = new CellStore(MOST_OCTETS / CellStore.CELL);
    private final int[] spis = new int[MOST_SPIS];
    private final int[] oldest = new int[MOST_SPIS];
    private final int[] newest = new int[MOST_SPIS];
    private final int[] packets = new int[MOST_SPIS];
    private final long[] since = new long[MOST_SPIS];
    private final MemorySegment scratch;
    private volatile int waiting;

    /** @param arena keeps the buffer in which packets leave */
    public EarlyPackets(Arena arena) {
        scratch = arena.allocate(NOTE + LONGEST, 64);
    }

    /** Tells whether anything is here; any thread may ask. */
    public boolean occupied() {
        return waiting != 0;
    }

    /** Returns for how many SPIs something is here: their places are numbered from 0. */
    public int spis() {
        return waiting;
    }

    /** Returns the SPI of a place. */
    public int spi(int place) {
        return spis[place];
    }

    /** Returns the place of an SPI, -1 when nothing is here for it. */
    public int place(int spi) {
        for (int i = 0; i < waiting; i++) {
            if (spis[i] == spi) {
                return i;
            }
        }
        return -1;
    }

    /** Returns how many packets a place has. */
    public int packets(int place) {
        return packets[place];
    }

    /** Tells whether a place's packets have waited for as long as any may. */
    public boolean expired(int place, long bootNanos) {
        return bootNanos - since[place] >= LONGEST_NANOS;
    }

    /**
     * Takes a packet.
     *
     * @param note a number that it leaves with
     * @return false when a bound is met
     */
    public boolean add(int spi, long address, int length, int note, long bootNanos) {
        int known = place(spi);
        int place = known < 0 ? waiting : known;
        if (place == MOST_SPIS
                || (known >= 0 && packets[place] == MOST_PACKETS)
                || length > LONGEST
                || CellStore.cells(NOTE + length) > store.left()) {
            return false;
        }
        putInt(scratch.address(), note);
        copy(address, scratch.address() + NOTE, length);
        int cell = store.put(scratch.address(), NOTE + length);
        wipe(length);
        if (known < 0) {
            open(place, spi, bootNanos);
        }
        store.link(newest[place], cell);
        oldest[place] = packets[place] == 0 ? cell : oldest[place];
        newest[place] = cell;
        packets[place]++;
        waiting = Math.max(waiting, place + 1);
        return true;
    }

    private void open(int place, int spi, long bootNanos) {
        spis[place] = spi;
        oldest[place] = CellStore.NONE;
        newest[place] = CellStore.NONE;
        packets[place] = 0;
        since[place] = bootNanos;
    }

    /**
     * Lets a place's oldest packet leave, if it has one. It lies at {@link #leftAt} until something else is done here.
     *
     * @return its octets
     */
    public int leave(int place) {
        int cell = oldest[place];
        int length = store.copyTo(cell, scratch.address()) - NOTE;
        oldest[place] = store.later(cell);
        store.free(cell);
        packets[place]--;
        return length;
    }

    /** Returns the address of what left last. */
    public long leftAt() {
        return scratch.address() + NOTE;
    }

    /** Returns the number that went along with what left last. */
    public int leftNote() {
        return getInt(scratch.address());
    }

    /** Wipes what left last. */
    public void wipe(int length) {
        zero(scratch.address(), NOTE + length);
    }

    /** Wipes a place with all that is left of it; the last place becomes this one. */
    public void close(int place) {
        while (packets[place] > 0) {
            wipe(leave(place));
        }
        int last = waiting - 1;
        spis[place] = spis[last];
        oldest[place] = oldest[last];
        newest[place] = newest[last];
        packets[place] = packets[last];
        since[place] = since[last];
        waiting = last;
    }
}
