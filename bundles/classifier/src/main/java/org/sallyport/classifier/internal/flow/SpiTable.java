package org.sallyport.classifier.internal.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Inbound SAs by SPI alone, never by address (RFC 4301 section 4.1): open addressing by the SPI's low bits, in which the
 * SPIs of the SAD differ, looked up without a lock and without allocating. An entry is never moved while somebody may
 * look: what goes leaves a mark, until the place is taken again or the table built anew. Thread safe: any thread looks
 * up, changes are serialised.
 */
public final class SpiTable {
    private static final int SMALLEST = 64;
    private static final Object GONE = new Object();

    private volatile AtomicReferenceArray<@Nullable Object> places = new AtomicReferenceArray<>(SMALLEST);
    private int used;
    private int marks;

    /** Finds an SA. */
    public @Nullable InboundSa find(int spi) {
        AtomicReferenceArray<@Nullable Object> table = places;
        int mask = table.length() - 1;
        int at = spi & mask;
        while (true) {
            Object candidate = table.getAcquire(at);
            if (candidate == null) {
                return null;
            }
            if (candidate instanceof InboundSa sa && sa.spi() == spi) {
                return sa;
            }
            at = (at + 1) & mask;
        }
    }

    /** Adds an SA, in place of one with the same SPI; returns that one. */
    public synchronized @Nullable InboundSa put(InboundSa sa) {
        InboundSa before = find(sa.spi());
        if (before != null) {
            places.setRelease(indexOf(before), sa);
            return before;
        }
        used++;
        if ((used + marks) * 2 > places.length()) {
            rebuild();
        }
        insert(places, sa);
        return null;
    }

    /** Removes an SA; returns it. */
    public synchronized @Nullable InboundSa remove(int spi) {
        InboundSa before = find(spi);
        if (before != null) {
            used--;
            marks++;
            places.setRelease(indexOf(before), GONE);
        }
        return before;
    }

    public synchronized int size() {
        return used;
    }

    /** Returns every SA. */
    public synchronized List<InboundSa> all() {
        List<InboundSa> all = new ArrayList<>(used);
        for (int i = 0; i < places.length(); i++) {
            if (places.getPlain(i) instanceof InboundSa sa) {
                all.add(sa);
            }
        }
        return all;
    }

    private int indexOf(InboundSa sa) {
        AtomicReferenceArray<@Nullable Object> table = places;
        int mask = table.length() - 1;
        int at = sa.spi() & mask;
        while (table.getPlain(at) != sa) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void rebuild() {
        AtomicReferenceArray<@Nullable Object> old = places;
        int size = Math.max(SMALLEST, Integer.highestOneBit(used * 4 - 1) * 2);
        AtomicReferenceArray<@Nullable Object> fresh = new AtomicReferenceArray<>(size);
        for (int i = 0; i < old.length(); i++) {
            if (old.getPlain(i) instanceof InboundSa sa) {
                insert(fresh, sa);
            }
        }
        marks = 0;
        places = fresh;
    }

    private void insert(AtomicReferenceArray<@Nullable Object> table, InboundSa sa) {
        int mask = table.length() - 1;
        int at = sa.spi() & mask;
        while (table.getPlain(at) instanceof InboundSa) {
            at = (at + 1) & mask;
        }
        if (table.getPlain(at) == GONE) {
            marks--;
        }
        table.setRelease(at, sa);
    }
}
