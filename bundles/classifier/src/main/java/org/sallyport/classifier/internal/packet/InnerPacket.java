package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.netShort;

import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;

/**
 * What selectors look at in an inner packet (RFC 4301 section 4.4.1.1). One object is filled again for each packet and
 * belongs to one thread. Believes no length that it has not compared with the memory there is.
 */
public final class InnerPacket {
    /** Octets of the longest packet. */
    public static final int LONGEST = 65_575;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOST_EXTENSIONS = 8;
    private static final int ICMP_HEADER = 8;

    private boolean ipv4;
    private int length;
    private int protocol;
    private int transport;
    private boolean fragment;
    private boolean laterFragment;
    private boolean dontFragment;
    private boolean portsAssumed;
    private int fragmentId;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int destinationPort;

    /**
     * Parses a packet.
     *
     * @param available octets that lie at the address; may be more than the packet has (traffic flow confidentiality)
     * @return whether it is a packet; if not, the fields mean nothing
     */
    public boolean parse(long ip, int available) {
        return parse(ip, available, false);
    }

    /**
     * Becomes the packet that would answer the one that an ICMP error quotes: errors are judged by it (RFC 4301 section
     * 6.2). The error goes to whom it concerns, or it is none.
     *
     * @param ip address of the error, as parsed in the other object
     * @return whether it is an error that quotes a packet of the receiver's
     */
    public boolean parseAnswerToQuoted(InnerPacket error, long ip) {
        int skip = error.transport + ICMP_HEADER;
        if (!error.isIcmpError(ip)
                || error.length <= skip
                || !parse(ip + skip, error.length - skip, true)
                || ipv4 != error.ipv4
                || isIcmpError(ip + skip)) {
            return false;
        }
        turnAround();
        return destinationHigh == error.destinationHigh && destinationLow == error.destinationLow;
    }

    private void turnAround() {
        long high = sourceHigh;
        long low = sourceLow;
        int port = sourcePort;
        sourceHigh = destinationHigh;
        sourceLow = destinationLow;
        sourcePort = destinationPort;
        destinationHigh = high;
        destinationLow = low;
        destinationPort = port;
    }

    /** Tells whether this packet, parsed at this address, is an ICMP error (RFC 1122 section 3.2.2, RFC 4443 section 2.1). */
    public boolean isIcmpError(long ip) {
        if (laterFragment || (protocol != IpProtocol.ICMP && protocol != IpProtocol.ICMPV6)) {
            return false;
        }
        int type = getByte(ip + transport);
        return protocol == IpProtocol.ICMP
                ? ipv4 && (type == 3 || type == 4 || type == 11 || type == 12)
                : !ipv4 && type >= 1 && type <= 4;
    }

    /**
     * Parses a packet.
     *
     * @param cut whether it may go on beyond what is there
     */
    private boolean parse(long ip, int available, boolean cut) {
        if (available < 20) {
            return false;
        }
        fragment = false;
        laterFragment = false;
        portsAssumed = false;
        ipv4 = getByte(ip) >> 4 == 4;
        return ipv4 ? parseIpv4(ip, available, cut) : getByte(ip) >> 4 == 6 && parseIpv6(ip, available, cut);
    }

    private boolean parseIpv4(long ip, int available, boolean cut) {
        transport = (getByte(ip) & 0xf) * 4;
        length = cut ? Math.min(available, netShort(ip + 2)) : netShort(ip + 2);
        if (transport < 20 || length < transport || length > available) {
            return false;
        }
        protocol = getByte(ip + 9);
        sourceHigh = 0;
        sourceLow = Integer.toUnsignedLong(netInt(ip + 12));
        destinationHigh = 0;
        destinationLow = Integer.toUnsignedLong(netInt(ip + 16));
        int fragmentation = netShort(ip + 6);
        dontFragment = (fragmentation & 0x4000) != 0;
        fragment = (fragmentation & 0x3fff) != 0;
        fragmentId = netShort(ip + 4);
        laterFragment = (fragmentation & 0x1fff) != 0;
        return ports(ip);
    }

    private boolean parseIpv6(long ip, int available, boolean cut) {
        if (available < 40) {
            return false;
        }
        length = 40 + netShort(ip + 4);
        if (cut) {
            length = Math.min(available, length);
        }
        if (length > available) {
            return false;
        }
        dontFragment = true;
        sourceHigh = netLong(ip + 8);
        sourceLow = netLong(ip + 16);
        destinationHigh = netLong(ip + 24);
        destinationLow = netLong(ip + 32);
        return !isMapped(sourceHigh, sourceLow) && !isMapped(destinationHigh, destinationLow) && extensions(ip);
    }

    /** An IPv4-mapped address is neither source nor destination of a packet (RFC 6890 section 2.2.3, table 20). */
    private static boolean isMapped(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    private boolean extensions(long ip) {
        int next = getByte(ip + 6);
        int at = 40;
        for (int i = 0; i < MOST_EXTENSIONS && isExtension(next) && !laterFragment; i++) {
            if (at + 8 > length) {
                return false;
            }
            boolean fragmentHeader = next == FRAGMENT;
            if (fragmentHeader) {
                fragment = true;
                fragmentId = netInt(ip + at + 4);
                laterFragment = (netShort(ip + at + 2) & 0xfff8) != 0;
            }
            next = getByte(ip + at);
            at += fragmentHeader ? 8 : (getByte(ip + at + 1) + 1) * 8;
        }
        if (at > length || (isExtension(next) && !laterFragment)) {
            return false;
        }
        protocol = next;
        transport = at;
        return ports(ip);
    }

    private static boolean isExtension(int header) {
        return header == HOP_BY_HOP || header == ROUTING || header == FRAGMENT || header == DESTINATION_OPTIONS;
    }

    /**
     * A first piece that is too short to show its ports is no packet: it could hide what it is (RFC 1858). Nor is one of
     * protocol 0, which is what selectors call any: hop-by-hop options follow an IPv6 header and nothing else (RFC 8200
     * section 4.1).
     */
    private boolean ports(long ip) {
        if (protocol == HOP_BY_HOP) {
            return false;
        }
        if (laterFragment) {
            sourcePort = Flow.OPAQUE_PORT;
            destinationPort = Flow.OPAQUE_PORT;
            return true;
        }
        int left = length - transport;
        if (IpProtocol.hasPorts(protocol)) {
            if (left < 8) {
                return false;
            }
            sourcePort = netShort(ip + transport);
            destinationPort = netShort(ip + transport + 2);
        } else if (IpProtocol.hasTypes(protocol)) {
            if (left < 4) {
                return false;
            }
            sourcePort = netShort(ip + transport);
            destinationPort = sourcePort;
        } else {
            sourcePort = Flow.OPAQUE_PORT;
            destinationPort = Flow.OPAQUE_PORT;
        }
        return true;
    }

    /** Looks as a packet with these selectors does; there is nothing behind it. */
    public void set(
            boolean isIpv4,
            int ipProtocol,
            long fromHigh,
            long fromLow,
            int fromPort,
            long toHigh,
            long toLow,
            int toPort) {
        ipv4 = isIpv4;
        protocol = ipProtocol;
        sourceHigh = fromHigh;
        sourceLow = fromLow;
        sourcePort = fromPort;
        destinationHigh = toHigh;
        destinationLow = toLow;
        destinationPort = toPort;
        fragment = false;
        laterFragment = false;
        dontFragment = false;
        portsAssumed = false;
        length = 0;
        transport = 0;
    }

    public boolean ipv4() {
        return ipv4;
    }

    /** Returns the packet's octets with its header. */
    public int length() {
        return length;
    }

    /** Returns the transport protocol: after IPv6 extension headers the one behind them. */
    public int protocol() {
        return protocol;
    }

    /** Returns where the transport header begins, in octets from the IP header. */
    public int transport() {
        return transport;
    }

    /** Tells whether it is a piece of a packet, the first included. */
    public boolean fragment() {
        return fragment;
    }

    /** Tells whether it is a piece other than the first: what is behind its IP header is no transport header. */
    public boolean laterFragment() {
        return laterFragment;
    }

    /** Tells whether nobody on its way may fragment it: IPv4 with the DF bit, and IPv6 (RFC 8200 section 4.5). */
    public boolean dontFragment() {
        return dontFragment;
    }

    /** Has {@link #dontFragment} tell that it may be fragmented: it was put together from fragments. */
    public void mayBeFragmented() {
        dontFragment = false;
    }

    /** Tells whether it is such a piece, and its ports are not known from elsewhere. */
    public boolean portsHidden() {
        return laterFragment && !portsAssumed;
    }

    /** Has a piece other than the first look as the first did. */
    public void assumePorts(int source, int destination) {
        sourcePort = source;
        destinationPort = destination;
        portsAssumed = true;
    }

    /** Returns what the pieces of one packet have in common, with a fragment. */
    public int fragmentId() {
        return fragmentId;
    }

    /** Returns the upper half of the source, 0 with IPv4. */
    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** Returns the flags of the TCP segment at this address, which was parsed; 0 for anything else. */
    public int tcpFlags(long ip) {
        return protocol != IpProtocol.TCP || laterFragment || length < transport + 14
                ? 0
                : getByte(ip + transport + 13);
    }

    /** Returns the source port, type × 256 + code with ICMP, or {@link Flow#OPAQUE_PORT}. */
    public int sourcePort() {
        return sourcePort;
    }

    public int destinationPort() {
        return destinationPort;
    }

    /** Returns a number that flows are spread by. */
    public int flowHash() {
        long ports = (long) protocol << 40 | (sourcePort & 0x1ffffL) << 20 | (destinationPort & 0x1ffffL);
        long mixed = ports * 0x9e37_79b9_7f4a_7c15L;
        mixed = (mixed ^ sourceLow) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ destinationLow ^ sourceHigh * 31 ^ destinationHigh * 17) * 0x94d0_49bb_1331_11ebL;
        return (int) (mixed >>> 32);
    }
}
