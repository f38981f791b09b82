package org.sallyport.classifier.internal.ah;

import java.util.Arrays;

/**
 * Sets to zero what may change on the way, in a copy of the IP header in front of an AH (RFC 4302 section 3.3.3.1 and
 * appendix A): the ICV covers the rest.
 */
final class MutableFields {
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int SECURITY = 130;
    private static final int EXTENDED_SECURITY = 133;
    private static final int COMMERCIAL_SECURITY = 134;
    private static final int ROUTER_ALERT = 148;
    private static final int DIRECTED_MULTI_DESTINATION = 149;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int PAD1 = 0;
    /** The bit of an IPv6 option's type that says that its data may change on the way (RFC 8200 section 4.2). */
    private static final int MAY_CHANGE = 0x20;

    private MutableFields() {}

    /**
     * Mutes an IPv4 header: DSCP and ECN, flags and fragment offset, TTL, checksum, and options but those that are known not
     * to change. With source routing the destination is the last one already: the packet has arrived.
     *
     * @param length octets of the header with its options
     * @return whether it is one: options lie within it
     */
    static boolean muteIpv4(byte[] packet, int length) {
        packet[1] = 0;
        packet[6] = 0;
        packet[7] = 0;
        packet[8] = 0;
        packet[10] = 0;
        packet[11] = 0;
        return muteIpv4Options(packet, AhFormat.IPV4_HEADER, length);
    }

    private static boolean muteIpv4Options(byte[] packet, int from, int end) {
        int at = from;
        while (at < end) {
            int type = packet[at] & 0xff;
            if (type == END_OF_OPTIONS) {
                return true;
            }
            if (type == NO_OPERATION) {
                at++;
                continue;
            }
            int length = at + 1 < end ? packet[at + 1] & 0xff : 0;
            if (length < 2 || at + length > end) {
                return false;
            }
            if (!staysOnTheWay(type)) {
                zero(packet, at, length);
            }
            at += length;
        }
        return true;
    }

    /** Appendix A1; whatever is not listed there as immutable is muted whole. */
    private static boolean staysOnTheWay(int type) {
        return switch (type) {
            case SECURITY, EXTENDED_SECURITY, COMMERCIAL_SECURITY, ROUTER_ALERT, DIRECTED_MULTI_DESTINATION -> true;
            default -> false;
        };
    }

    /**
     * Mutes an IPv6 header with the extension headers up to the AH: traffic class, flow label, hop limit, and the data of
     * options that may change. Routing headers are taken as they are when the packet has arrived, with nothing left of
     * their segments.
     *
     * @param end where the AH begins
     * @return whether extension headers lead there, and no others than have their place in front of an AH
     */
    static boolean muteIpv6(byte[] packet, int end) {
        packet[0] = (byte) (packet[0] & 0xf0);
        packet[1] = 0;
        packet[2] = 0;
        packet[3] = 0;
        packet[7] = 0;
        int next = packet[6] & 0xff;
        int at = AhFormat.IPV6_HEADER;
        while (at < end) {
            int length = at + 1 < end ? ((packet[at + 1] & 0xff) + 1) * 8 : 0;
            if (length == 0 || at + length > end || !muteExtension(packet, next, at, length)) {
                return false;
            }
            next = packet[at] & 0xff;
            at += length;
        }
        return at == end && next == AhFormat.PROTOCOL;
    }

    private static boolean muteExtension(byte[] packet, int header, int at, int length) {
        return switch (header) {
            case HOP_BY_HOP, DESTINATION_OPTIONS -> muteIpv6Options(packet, at + 2, at + length);
            case ROUTING -> packet[at + 3] == 0;
            default -> false;
        };
    }

    private static boolean muteIpv6Options(byte[] packet, int from, int end) {
        int at = from;
        while (at < end) {
            int type = packet[at] & 0xff;
            if (type == PAD1) {
                at++;
                continue;
            }
            int length = at + 1 < end ? packet[at + 1] & 0xff : end;
            if (at + 2 + length > end) {
                return false;
            }
            if ((type & MAY_CHANGE) != 0) {
                zero(packet, at + 2, length);
            }
            at += 2 + length;
        }
        return true;
    }

    private static void zero(byte[] packet, int from, int length) {
        Arrays.fill(packet, from, from + length, (byte) 0);
    }
}
