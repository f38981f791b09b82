package org.sallyport.classifier.internal.flow;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts by reason: one thread counts, any thread reads. */
@SuppressWarnings("EnumOrdinal") // a place in an array of this run, nothing that is kept
public final class Drops {
    private final AtomicLongArray counts = new AtomicLongArray(DropReason.values().length);

    /** Counts one packet. */
    public void count(DropReason reason) {
        count(reason, 1);
    }

    /** Counts packets. */
    public void count(DropReason reason, long packets) {
        int index = reason.ordinal();
        counts.setOpaque(index, counts.getPlain(index) + packets);
    }

    /** Returns how many were counted for a reason. */
    public long of(DropReason reason) {
        return counts.getOpaque(reason.ordinal());
    }
}
