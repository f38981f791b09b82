package org.sallyport.classifier.internal.parking;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.sallyport.api.admin.ParkingView;

/** What one worker has parked, and what became of it: one thread counts, any thread reads. */
public final class ParkingCounters {
    private static final int FLOWS = 0;
    private static final int PACKETS = 1;
    private static final int OCTETS = 2;
    private static final int RELEASED = 3;
    private static final int REFUSED = 4;
    private static final int REPEATED = 5;
    private static final int OVERFLOWED = 6;

    private final AtomicLongArray counts = new AtomicLongArray(OVERFLOWED + 1);

    private void add(int index, long value) {
        counts.setOpaque(index, counts.getPlain(index) + value);
    }

    void flow(int change) {
        add(FLOWS, change);
    }

    void packet(int change, int octets) {
        add(PACKETS, change);
        add(OCTETS, (long) change * octets);
    }

    /** Counts a packet that was sent once its SA stood. */
    public void released() {
        add(RELEASED, 1);
    }

    /** Counts packets that were given up. */
    public void refused(int packets) {
        add(REFUSED, packets);
    }

    void repeated() {
        add(REPEATED, 1);
    }

    /** Counts a packet that met a bound. */
    public void overflowed() {
        add(OVERFLOWED, 1);
    }

    /** Returns how many flows are parked. */
    public long flows() {
        return counts.getOpaque(FLOWS);
    }

    /** Returns how many packets met a bound. */
    public long overflows() {
        return counts.getOpaque(OVERFLOWED);
    }

    /** Adds up what several workers counted. */
    public static ParkingView view(List<ParkingCounters> all) {
        return new ParkingView(
                (int) sum(all, FLOWS),
                (int) sum(all, PACKETS),
                sum(all, OCTETS),
                sum(all, RELEASED),
                sum(all, REFUSED),
                sum(all, REPEATED),
                sum(all, OVERFLOWED));
    }

    private static long sum(List<ParkingCounters> all, int index) {
        return all.stream().mapToLong(c -> c.counts.getOpaque(index)).sum();
    }
}
