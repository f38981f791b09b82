package org.sallyport.lab.attack;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.sallyport.lab.net.Namespace;

/**
 * Brings a barrage home: what a full buffer drops never reached the program and proves nothing about it, so the rate
 * follows what the programs in the namespaces can take, and only what they took is counted.
 */
public final class Siege {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final double FASTER = 1.15;
    private static final double SLOWER = 0.7;
    /** How much of the traffic may be lost to full buffers before the rate goes down. */
    private static final double TOLERATED = 0.05;

    private final Namespace[] targets;

    public Siege(Namespace... targets) {
        this.targets = targets.clone();
    }

    /**
     * Waits until the programs took so many of the barrage's datagrams, or the time is over; answers what became of all
     * that arrived. What the programs send each other arrives, too, so that what was sent counts as well.
     */
    public UdpReceipts deliver(Barrage barrage, long wanted, Duration limit) {
        UdpReceipts start = UdpReceipts.of(targets);
        UdpReceipts last = start;
        long sentBefore = barrage.sent();
        long end = System.nanoTime() + limit.toNanos();
        while (taken(last.since(start), barrage.sent() - sentBefore) < wanted && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE.toNanos());
            UdpReceipts now = UdpReceipts.of(targets);
            UdpReceipts change = now.since(last);
            barrage.accelerate(change.overflown() > TOLERATED * change.delivered() ? SLOWER : FASTER);
            last = now;
        }
        return last.since(start);
    }

    private static long taken(UdpReceipts receipts, long sent) {
        return Math.min(receipts.delivered(), sent - receipts.overflown());
    }
}
