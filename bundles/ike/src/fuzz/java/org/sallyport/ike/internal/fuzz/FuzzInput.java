package org.sallyport.ike.internal.fuzz;

import java.util.Arrays;

/** Takes a fuzzer's octets apart; what is no longer there is zero. Used by one thread. */
public final class FuzzInput {
    private final byte[] octets;
    private int at;

    /** Reads these octets, which stay the caller's. */
    public FuzzInput(byte[] octets) {
        this.octets = octets;
    }

    /** Returns whether something is left. */
    public boolean more() {
        return at < octets.length;
    }

    /** Returns a number from 0 to 255. */
    public int u8() {
        return more() ? octets[at++] & 0xff : 0;
    }

    /** Returns a number from 0 to 65535. */
    public int u16() {
        return u8() << 8 | u8();
    }

    /** Returns as many octets as the next two say, and fewer at the end. */
    public byte[] block() {
        int length = Math.min(u16(), octets.length - at);
        at += length;
        return Arrays.copyOfRange(octets, at - length, at);
    }

    /** Returns what is left. */
    public byte[] rest() {
        int from = at;
        at = octets.length;
        return Arrays.copyOfRange(octets, from, at);
    }
}
