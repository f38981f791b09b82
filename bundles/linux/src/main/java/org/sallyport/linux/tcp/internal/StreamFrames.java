package org.sallyport.linux.tcp.internal;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netShort;

import java.nio.charset.StandardCharsets;

/**
 * How a stream is cut into frames (RFC 9329 sections 3 and 4): a length of two octets that counts itself, then an IKE
 * message behind its non-ESP marker, an ESP packet, or the one octet of a NAT keep-alive. Lies in memory of anybody's.
 */
final class StreamFrames {
    /** What a frame begins with. */
    static final int LENGTH = 2;
    /** Octets of the longest frame. */
    static final int LONGEST = 0xffff;
    /** What {@link #next} answers when a frame has not come whole. */
    static final int INCOMPLETE = 0;
    /** What {@link #next} answers when the stream makes no sense: nothing that follows can be understood. */
    static final int SENSELESS = -1;

    static final int MARKER = 4;
    private static final int IKE_HEADER = 28;
    private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);
    private static final int KEEP_ALIVE = 0xff;

    private StreamFrames() {}

    /** Returns the stream prefix, which who opens a connection sends first (section 4). */
    static byte[] prefix() {
        return PREFIX.clone();
    }

    /**
     * Finds the frame that begins at an address.
     *
     * @param end where what has come ends
     * @return its octets with the length, {@link #INCOMPLETE} or {@link #SENSELESS}
     */
    static int next(long at, long end) {
        if (end - at < LENGTH) {
            return INCOMPLETE;
        }
        int length = netShort(at) & 0xffff;
        if (length <= LENGTH) {
            return SENSELESS; // an empty one says nothing, and one below two ends before it begins (section 3)
        }
        if (end - at < length) {
            return INCOMPLETE;
        }
        return makesSense(at + LENGTH, length - LENGTH) ? length : SENSELESS;
    }

    private static boolean makesSense(long content, int octets) {
        if (octets < MARKER) {
            return isKeepAlive(content, octets);
        }
        return !isIke(content) || octets >= MARKER + IKE_HEADER;
    }

    /** Tells whether a frame's content is a NAT keep-alive, which a peer may send and need not (section 6.6). */
    static boolean isKeepAlive(long content, int octets) {
        return octets == 1 && getByte(content) == KEEP_ALIVE;
    }

    /** Tells whether a frame's content, of four octets or more, is an IKE message: no SPI is zero (section 3.1). */
    static boolean isIke(long content) {
        return netInt(content) == 0;
    }
}
