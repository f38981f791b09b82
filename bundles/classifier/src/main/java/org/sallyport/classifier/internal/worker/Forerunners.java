package org.sallyport.classifier.internal.worker;

import org.jspecify.annotations.Nullable;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.parking.EarlyPackets;

/**
 * Packets of one worker that came before their inbound SA: of a successor whose SPI the peer has and whose installation is
 * a moment away. They wait only where the SAD has reserved the SPI, which nobody can guess, and go the ordinary way once
 * the SA is installed, before anything that came later. Belongs to the thread in, but for {@link #waiting}.
 */
final class Forerunners {
    /** Where packets go on when their SA stands. */
    interface Entrance {
        void arrive(InboundSa sa, long at, int length, int outerClass);
    }

    private final EarlyPackets packets;
    private final ReservedSpis reserved;
    private final SpiTable table;
    private final Drops drops;

    Forerunners(EarlyPackets packets, ReservedSpis reserved, SpiTable table, Drops drops) {
        this.packets = packets;
        this.reserved = reserved;
        this.table = table;
        this.drops = drops;
    }

    /** Tells whether packets wait: if not, there is nothing to ask here. Any thread may ask. */
    boolean waiting() {
        return packets.occupied();
    }

    /**
     * Has a packet wait, or drops it; of which SPI nothing is known, or an SA by now, is not for here.
     *
     * @return whether it was for here
     */
    boolean take(int spi, long at, int length, int outerClass, long bootNanos) {
        if (!reserved.contains(spi)) {
            return false;
        }
        if (!packets.add(spi, at, length, outerClass, bootNanos)) {
            drops.count(DropReason.EARLY_FULL);
        }
        return true;
    }

    /** Lets in what waits for an SPI whose SA stands: ahead of a packet that came for it just now. */
    void letIn(int spi, Entrance entrance) {
        int place = packets.place(spi);
        if (place >= 0) {
            InboundSa sa = table.find(spi);
            if (sa != null) {
                letIn(place, sa, entrance);
            }
        }
    }

    /** Lets in whose SA stands by now, and drops what waits in vain. */
    int work(long bootNanos, Entrance entrance) {
        int done = 0;
        for (int place = packets.spis() - 1; place >= 0; place--) {
            InboundSa sa = standing(place);
            if (sa != null) {
                done += letIn(place, sa, entrance);
            } else if (packets.expired(place, bootNanos) || !reserved.contains(packets.spi(place))) {
                drop(place);
            }
        }
        return done;
    }

    /** Tells whether the tables have changed for what waits. */
    boolean hasWork() {
        for (int place = packets.spis() - 1; place >= 0; place--) {
            if (standing(place) != null || !reserved.contains(packets.spi(place))) {
                return true;
            }
        }
        return false;
    }

    /** Drops what is left. */
    void close() {
        while (packets.occupied()) {
            drop(0);
        }
    }

    /** A reservation ends once the SA can be found, so a second look does not miss it. */
    private @Nullable InboundSa standing(int place) {
        int spi = packets.spi(place);
        InboundSa sa = table.find(spi);
        return sa == null && !reserved.contains(spi) ? table.find(spi) : sa;
    }

    private int letIn(int place, InboundSa sa, Entrance entrance) {
        int count = packets.packets(place);
        while (packets.packets(place) > 0) {
            int length = packets.leave(place);
            entrance.arrive(sa, packets.leftAt(), length, packets.leftNote());
            packets.wipe(length);
        }
        packets.close(place);
        return count;
    }

    private void drop(int place) {
        drops.count(DropReason.EARLY, packets.packets(place));
        packets.close(place);
    }
}
