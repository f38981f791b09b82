package org.sallyport.classifier.internal.flow;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Inbound SPIs that the SAD has reserved and that no SA has yet: a peer that was told of one may send by it before we have
 * read its answer. Open addressing, looked up without a lock and without allocating. Thread safe: any thread looks up,
 * changes are serialised.
 */
public final class ReservedSpis {
    private static final int SMALLEST = 64;
    /** RFC 4303 section 2.1: zero is sent by nobody, and what is below 256 is reserved. */
    private static final int FREE = 0;

    private static final int GONE = 1;
    private static final int LOWEST = 256;

    private volatile AtomicIntegerArray places = new AtomicIntegerArray(SMALLEST);
    private int used;
    private int marks;

    /** Tells whether an SPI is reserved. */
    public boolean contains(int spi) {
        AtomicIntegerArray table = places;
        return isReal(spi) && table.getAcquire(indexOf(table, spi)) == spi;
    }

    /** Adds an SPI above 255; one that is there already stays. */
    public synchronized void add(int spi) {
        if (!isReal(spi) || contains(spi)) {
            return;
        }
        if ((used + marks + 1) * 2 > places.length()) {
            rebuild();
        }
        used++;
        places.setRelease(indexOf(places, spi), spi);
    }

    /** Removes an SPI; tells whether it was there. */
    public synchronized boolean remove(int spi) {
        int found = indexOf(places, spi);
        if (!isReal(spi) || places.getPlain(found) != spi) {
            return false;
        }
        used--;
        marks++;
        places.setRelease(found, GONE);
        return true;
    }

    /** What stands for no SPI here may well be in a packet. */
    private static boolean isReal(int spi) {
        return Integer.compareUnsigned(spi, LOWEST) >= 0;
    }

    /** Returns where an SPI is, or the free place at which its search ends. */
    private static int indexOf(AtomicIntegerArray table, int spi) {
        int mask = table.length() - 1;
        int at = spi & mask;
        for (int there = table.getAcquire(at); there != spi && there != FREE; there = table.getAcquire(at)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void rebuild() {
        AtomicIntegerArray old = places;
        int size = Math.max(SMALLEST, Integer.highestOneBit(used * 4 + 3) * 2);
        AtomicIntegerArray fresh = new AtomicIntegerArray(size);
        for (int i = 0; i < old.length(); i++) {
            int spi = old.getPlain(i);
            if (spi != FREE && spi != GONE) {
                fresh.setPlain(indexOf(fresh, spi), spi);
            }
        }
        marks = 0;
        places = fresh;
    }
}
