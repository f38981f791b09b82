package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.sallyport.api.sa.SaSlotLayout;

/**
 * What a worker counted in a slot, at one moment. Immutable.
 *
 * @param sequence last number sent, or the window's top
 * @param packets packets carried
 * @param octets octets of inner packets
 * @param dropped packets dropped, all reasons
 * @param lastUsed boot time in nanoseconds of the last packet carried, 0 before the first
 */
record Counters(long sequence, long packets, long octets, long dropped, long lastUsed) {
    static final Counters NONE = new Counters(0, 0, 0, 0, 0);

    private static final int SHOWN_WINDOW = 64;

    static Counters read(MemorySegment slot) {
        long dropped = number(slot, SaSlotLayout.DROPPED_REPLAY)
                + number(slot, SaSlotLayout.DROPPED_INTEGRITY)
                + number(slot, SaSlotLayout.DROPPED_SELECTORS)
                + number(slot, SaSlotLayout.DROPPED_SIZE)
                + number(slot, SaSlotLayout.DROPPED_LIMIT);
        return new Counters(
                number(slot, SaSlotLayout.SEQUENCE),
                number(slot, SaSlotLayout.PACKETS),
                number(slot, SaSlotLayout.OCTETS),
                dropped,
                number(slot, SaSlotLayout.LAST_USED));
    }

    /** Returns the replay window from its top downwards as hexadecimal digits, at most 64 packets. */
    static String window(MemorySegment slot) {
        long top = number(slot, SaSlotLayout.SEQUENCE);
        long bits = 0;
        for (int below = 0; below < SHOWN_WINDOW; below++) {
            boolean seen = top - below > 0 && seen(slot, top - below);
            bits = bits << 1 | (seen ? 1 : 0);
        }
        return String.format("%016x", bits);
    }

    private static boolean seen(MemorySegment slot, long sequence) {
        int bit = (int) (sequence & (SaSlotLayout.REPLAY_BITMAP_SIZE * 8L - 1));
        byte octet = slot.get(JAVA_BYTE, SaSlotLayout.REPLAY_BITMAP + (bit >> 3));
        return (octet >> (bit & 7) & 1) != 0;
    }

    private static long number(MemorySegment slot, int offset) {
        return slot.get(JAVA_LONG, offset);
    }
}
