package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;

/**
 * The IPv6 extension headers of a packet, as control messages tell of them: in the packet's order, whole, with the next
 * header field and the length in front (RFC 3542 section 6).
 */
final class ExtensionHeaders {
    private static final int HOP_BY_HOP_MESSAGE = 54;
    private static final int ROUTING_MESSAGE = 57;
    private static final int DESTINATION_MESSAGE = 59;
    private static final int NONE = -1;

    private ExtensionHeaders() {}

    /** Returns the number of the first header, -1 when there is none. */
    static int first(long control, long length) {
        for (long at = control; at != 0; at = next(at, control + length)) {
            int header = header(at, control + length);
            if (header != NONE) {
                return header;
            }
        }
        return NONE;
    }

    /** Copies the headers one behind the other; returns their octets. */
    static int copy(long control, long length, byte[] to, int offset) {
        int end = offset;
        for (long at = control; at != 0; at = next(at, control + length)) {
            if (header(at, control + length) != NONE) {
                int octets = (int) (getLong(at) - ControlMessages.HEADER);
                copyOut(at + ControlMessages.HEADER, to, end, octets);
                end += octets;
            }
        }
        return end - offset;
    }

    private static int header(long message, long end) {
        if (!fits(message, end) || getInt(message + 8) != ControlMessages.SOL_IPV6) {
            return NONE;
        }
        return switch (getInt(message + 12)) {
            case HOP_BY_HOP_MESSAGE -> 0;
            case ROUTING_MESSAGE -> 43;
            case DESTINATION_MESSAGE -> 60;
            default -> NONE;
        };
    }

    /** Returns the address of the message behind this one, 0 when there is none. */
    private static long next(long message, long end) {
        if (!fits(message, end)) {
            return 0;
        }
        long next = message + ControlMessages.aligned(getLong(message));
        return fits(next, end) ? next : 0;
    }

    private static boolean fits(long message, long end) {
        if (end - message < ControlMessages.HEADER) {
            return false;
        }
        long size = getLong(message);
        return size >= ControlMessages.HEADER && size <= end - message;
    }
}
