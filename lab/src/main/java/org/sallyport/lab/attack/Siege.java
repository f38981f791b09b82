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

    /** Waits until the programs took so many datagrams, or the time is over; answers what became of all that were sent. */
    public UdpReceipts deliver(Barrage barrage, long wanted, Duration limit) {
        UdpReceipts start = UdpReceipts.of(targets);
        UdpReceipts last = start;
        long end = System.nanoTime() + limit.toNanos();
        while (last.since(start).delivered() < wanted && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE.toNanos());
            barrage.sent();
            UdpReceipts now = UdpReceipts.of(targets);
            UdpReceipts change = now.since(last);
            barrage.accelerate(change.overflown() > TOLERATED * change.delivered() ? SLOWER : FASTER);
            last = now;
        }
        return last.since(start);
    }
}
