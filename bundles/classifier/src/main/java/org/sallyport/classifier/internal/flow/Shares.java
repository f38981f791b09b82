package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getByte;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.Share;
import org.sallyport.classifier.internal.packet.TrafficClass;

/**
 * The SAs that stand beside those of one lineage (RFC 9611), each for a share of the packets. What is not there is wished
 * for, once in a while, and its packets go by the lineage itself meanwhile. Choosing takes no lock; changes come one at a
 * time.
 */
public final class Shares {
    /** For how long a wish is not repeated: whoever fulfils it may have failed, or have been replaced. */
    static final long PATIENCE_NANOS = 10_000_000_000L;

    private static final OutboundSa[] NONE = {};

    private final AtomicLong wished = new AtomicLong();
    private final AtomicLong wanted = new AtomicLong();
    /** Of each number the newest first. */
    private OutboundSa[] all = NONE;
    /** By number. */
    private volatile @Nullable OutboundSa[] standing = NONE;

    private volatile long wishedSince;

    /** One is sent by from now on. */
    void add(OutboundSa sa) {
        OutboundSa[] more = new OutboundSa[all.length + 1];
        more[0] = sa;
        System.arraycopy(all, 0, more, 1, all.length);
        publish(more);
    }

    /** One is sent by no longer; what is wished for in its place is told at once. */
    void remove(OutboundSa sa) {
        publish(Arrays.stream(all).filter(s -> s != sa).toArray(OutboundSa[]::new));
        wished.set(0);
    }

    private void publish(OutboundSa[] list) {
        @Nullable OutboundSa[] byNumber = new OutboundSa[list.length == 0 ? 0 : Share.MOST + 1];
        for (OutboundSa sa : list) {
            if (byNumber[sa.share()] == null) {
                byNumber[sa.share()] = sa;
            }
        }
        all = list;
        standing = byNumber;
    }

    boolean isEmpty() {
        return all.length == 0;
    }

    /**
     * Chooses what a packet goes by.
     *
     * @param fallback the lineage's SA that would carry it
     * @param sharing how packets are shared out, one of the SHARING_ constants of the slot, not none
     * @param ip where the packet begins
     * @param worker the worker that has the packet
     * @param workers how many there are
     */
    OutboundSa choose(OutboundSa fallback, int sharing, long ip, boolean ipv4, int worker, int workers, long now) {
        int number = sharing == SaSlotLayout.SHARING_BY_DSCP
                ? getByte(fallback.slot() + SaSlotLayout.DSCP_SHARES + (TrafficClass.of(ip, ipv4) >> 2))
                : Math.floorMod(worker - fallback.owner(), workers);
        if (number == 0 || number > Share.MOST) {
            return fallback;
        }
        @Nullable OutboundSa[] byNumber = standing;
        OutboundSa sa = number < byNumber.length ? byNumber[number] : null;
        if (sa == null) {
            wish(fallback, number, now);
            return fallback;
        }
        return sa;
    }

    private void wish(OutboundSa fallback, int number, long now) {
        long bit = 1L << number;
        if (now - wishedSince > PATIENCE_NANOS) {
            wishedSince = now;
            wished.set(0);
        }
        if ((wished.get() & bit) == 0 && (wished.getAndAccumulate(bit, (a, b) -> a | b) & bit) == 0) {
            wanted.getAndAccumulate(bit, (a, b) -> a | b);
            fallback.wishShares();
        }
    }

    /** Returns, once, the numbers that are wished for: bit n stands for share n. */
    public long takeWishes() {
        return wanted.getAndSet(0);
    }
}
