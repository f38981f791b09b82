package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getInt;

import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.esp.EspFormat;

/**
 * How long TCP's segments may be that cross an SA in tunnel mode, and to what length packets are padded. Path and policy lie
 * in the slot, and are read each time, since they change; each of these numbers is written at once.
 */
public final class SegmentLimit {
    /** More than TCP can announce: nothing is lowered. */
    public static final int NONE = 0x10000;

    private static final int TCP_HEADER = 20;

    private final long slot;
    private final PathFit fit;

    SegmentLimit(long slot, PathFit fit) {
        this.slot = slot;
        this.fit = fit;
    }

    /**
     * Returns the largest segment: without options, which senders take off themselves (RFC 6691).
     *
     * @param ipv4 whether the packets inside are IPv4's
     * @param device MTU of the device that they come from and go to
     */
    public int of(boolean ipv4, int device) {
        int allowed = getInt(slot + SaSlotLayout.TCP_MSS);
        if (allowed == SaSlotLayout.TCP_MSS_KEPT) {
            return NONE;
        }
        return Math.min(allowed, fitting(device) - EspFormat.ipHeader(ipv4) - TCP_HEADER);
    }

    /** Returns octets of the longest packet of a device that is not cut outside. */
    private int fitting(int device) {
        return Math.min(device, fit.room());
    }

    /**
     * Returns the octets up to which shorter packets are padded, so that their lengths say less (RFC 4303 section 2.7), 0
     * for none.
     *
     * @param device MTU of the device that packets come from
     */
    public int padded(int device) {
        int wanted = getInt(slot + SaSlotLayout.TFC_PADDING);
        return wanted == SaSlotLayout.TFC_NONE ? 0 : Math.min(wanted, fitting(device));
    }
}
