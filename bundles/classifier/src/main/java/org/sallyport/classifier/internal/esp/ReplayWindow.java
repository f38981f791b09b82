package org.sallyport.classifier.internal.esp;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putLong;

import org.sallyport.api.sa.SaSlotLayout;

/**
 * The anti-replay window of an inbound slot (RFC 4303 section 3.4.3): a ring of 8192 bits in which a sequence number's
 * place is its value modulo 8192, so that advancing clears bits and moves none. Written by the SA's worker alone.
 */
public final class ReplayWindow {
    /** What {@link #infer} answers for a number that cannot be. */
    public static final long IMPOSSIBLE = 0;

    private static final int BITS = SaSlotLayout.REPLAY_BITMAP_SIZE * 8;

    private ReplayWindow() {}

    /**
     * Returns the whole sequence number of a packet (RFC 4303 appendix A2.2), or {@link #IMPOSSIBLE}.
     *
     * @param low the 32 bits that the packet shows
     */
    public static long infer(long slot, int low, boolean extended) {
        long shown = Integer.toUnsignedLong(low);
        if (!extended) {
            return shown;
        }
        long top = getLong(slot + SaSlotLayout.SEQUENCE);
        long topLow = top & 0xffff_ffffL;
        long topHigh = top >>> 32;
        long bottom = topLow - (getInt(slot + SaSlotLayout.REPLAY_WINDOW) - 1L) & 0xffff_ffffL;
        long high;
        if (topLow >= getInt(slot + SaSlotLayout.REPLAY_WINDOW) - 1L) {
            high = shown >= bottom ? topHigh : topHigh + 1;
        } else {
            high = shown >= bottom ? topHigh - 1 : topHigh;
        }
        return high < 0 || high > 0xffff_ffffL ? IMPOSSIBLE : high << 32 | shown;
    }

    /** Tells whether a number is neither too old nor seen before. */
    public static boolean isFresh(long slot, long sequence) {
        if (sequence == 0) {
            return false;
        }
        long top = getLong(slot + SaSlotLayout.SEQUENCE);
        if (Long.compareUnsigned(sequence, top) > 0) {
            return true;
        }
        return Long.compareUnsigned(top - sequence, getInt(slot + SaSlotLayout.REPLAY_WINDOW)) < 0
                && (getLong(word(slot, sequence)) & bit(sequence)) == 0;
    }

    /** Takes note of a number that was fresh and whose packet was genuine. */
    public static void accept(long slot, long sequence) {
        long top = getLong(slot + SaSlotLayout.SEQUENCE);
        if (Long.compareUnsigned(sequence, top) > 0) {
            clear(slot, top, sequence);
            putLong(slot + SaSlotLayout.SEQUENCE, sequence);
        }
        long word = word(slot, sequence);
        putLong(word, getLong(word) | bit(sequence));
    }

    /** Clears the places of the numbers above one up to another. */
    private static void clear(long slot, long top, long sequence) {
        if (Long.compareUnsigned(sequence - top, BITS) >= 0) {
            for (int i = 0; i < SaSlotLayout.REPLAY_BITMAP_SIZE; i += 8) {
                putLong(slot + SaSlotLayout.REPLAY_BITMAP + i, 0);
            }
            return;
        }
        long at = top + 1;
        while (at != sequence + 1) {
            long left = sequence + 1 - at;
            if ((at & 63) == 0 && Long.compareUnsigned(left, 64) >= 0) {
                putLong(word(slot, at), 0);
                at += 64;
            } else {
                long word = word(slot, at);
                putLong(word, getLong(word) & ~bit(at));
                at++;
            }
        }
    }

    private static long word(long slot, long sequence) {
        return slot + SaSlotLayout.REPLAY_BITMAP + (sequence & BITS - 1) / 64 * 8;
    }

    private static long bit(long sequence) {
        return 1L << (sequence & 63);
    }
}
