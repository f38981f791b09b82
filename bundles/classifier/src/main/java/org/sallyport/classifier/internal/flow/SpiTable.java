package org.sallyport.classifier.internal.flow;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Inbound SAs by SPI alone, never by address (RFC 4301 section 4.1): open addressing, looked up without a lock and
 * without allocating. Thread safe: any thread looks up, changes are serialised.
 */
public final class SpiTable {
    private static final int SMALLEST = 64;

    private volatile AtomicReferenceArray<@Nullable InboundSa> places = new AtomicReferenceArray<>(SMALLEST);
    private int used;

    /** Finds an SA. */
    public @Nullable InboundSa find(int spi) {
        AtomicReferenceArray<@Nullable InboundSa> table = places;
        int mask = table.length() - 1;
        int at = mix(spi) & mask;
        while (true) {
            InboundSa candidate = table.getAcquire(at);
            if (candidate == null || candidate.spi() == spi) {
                return candidate;
            }
            at = at + 1 & mask;
        }
    }

    /** Adds an SA, in place of one with the same SPI; returns that one. */
    public synchronized @Nullable InboundSa put(InboundSa sa) {
        InboundSa before = find(sa.spi());
        if (before != null) {
            rebuild(before, sa, places.length());
        } else {
            used++;
            if (used * 2 > places.length()) {
                rebuild(null, sa, places.length() * 2);
            } else {
                insert(places, sa);
            }
        }
        return before;
    }

    /** Removes an SA; returns it. */
    public synchronized @Nullable InboundSa remove(int spi) {
        InboundSa before = find(spi);
        if (before != null) {
            used--;
            close(before);
        }
        return before;
    }

    public synchronized int size() {
        return used;
    }

    /**
     * Takes an entry out and moves those behind it up: each is set at its new place before it is cleared at the old one,
     * so that it is never missed by who looks meanwhile.
     */
    private void close(InboundSa gone) {
        AtomicReferenceArray<@Nullable InboundSa> table = places;
        int mask = table.length() - 1;
        int hole = indexOf(table, gone);
        int at = hole;
        while (true) {
            at = at + 1 & mask;
            InboundSa candidate = table.getPlain(at);
            if (candidate == null) {
                table.setRelease(hole, null);
                return;
            }
            int home = mix(candidate.spi()) & mask;
            if ((at - home & mask) >= (at - hole & mask)) {
                table.setRelease(hole, candidate);
                hole = at;
            }
        }
    }

    private static int indexOf(AtomicReferenceArray<@Nullable InboundSa> table, InboundSa sa) {
        int mask = table.length() - 1;
        int at = mix(sa.spi()) & mask;
        while (table.getPlain(at) != sa) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void rebuild(@Nullable InboundSa without, InboundSa with, int size) {
        AtomicReferenceArray<@Nullable InboundSa> old = places;
        AtomicReferenceArray<@Nullable InboundSa> fresh = new AtomicReferenceArray<>(size);
        for (int i = 0; i < old.length(); i++) {
            InboundSa sa = old.getPlain(i);
            if (sa != null && sa != without) {
                insert(fresh, sa);
            }
        }
        insert(fresh, with);
        places = fresh;
    }

    private static void insert(AtomicReferenceArray<@Nullable InboundSa> table, InboundSa sa) {
        int mask = table.length() - 1;
        int at = mix(sa.spi()) & mask;
        while (table.getPlain(at) != null) {
            at = at + 1 & mask;
        }
        table.setRelease(at, sa);
    }

    private static int mix(int spi) {
        int product = spi * 0x9e37_79b1;
        return product ^ product >>> 15;
    }
}
