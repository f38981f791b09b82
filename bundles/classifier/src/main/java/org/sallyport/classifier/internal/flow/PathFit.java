package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getInt;

import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.esp.PacketProtection;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * What the path of an SA takes in one piece (RFC 4301 section 8). Path and policy lie in the slot, and are read each time,
 * since they change; each of these numbers is written at once.
 *
 * <p>Nobody is believed that an IPv4 path takes less than 576 octets, or an IPv6 one less than 1280: anybody who can send us
 * ICMP could say so. Where the kernel believes less, it fragments what we send.
 */
public final class PathFit {
    /** Room where the path is not known: nothing is too long. */
    public static final int UNKNOWN = Integer.MAX_VALUE;

    /** What every IPv6 link takes (RFC 8200 section 5), a tunnel included. */
    public static final int LEAST_IPV6 = 1280;

    /** What every host takes (RFC 791 section 3.2). */
    private static final int LEAST_IPV4 = 576;

    /** What every router forwards (RFC 791 section 3.2). */
    private static final int LEAST_PIECE = 68;

    /** What is done with a packet that is longer than there is room. */
    public enum Excess {
        /** Its source is told how long it may be. */
        REFUSED,
        /** It is fragmented, and each piece is sealed. */
        FRAGMENTED_INSIDE,
        /** It is sealed, and what comes of that is fragmented. */
        FRAGMENTED_OUTSIDE
    }

    private final long slot;
    private final PacketProtection protection;
    private final boolean tunnel;

    PathFit(long slot, PacketProtection protection) {
        this.slot = slot;
        this.protection = protection;
        this.tunnel = getInt(slot + SaSlotLayout.MODE) == SaSlotLayout.MODE_TUNNEL;
    }

    /**
     * Returns how many octets can be sealed, trailer apart, so that the packet outside is not longer than the path's MTU:
     * whole packets in tunnel mode, what follows the IP header in transport mode. {@link #UNKNOWN} where the path is, and
     * with TCP, which cuts its segments wherever they fit.
     */
    public int room() {
        if (encapsulation() == SaSlotLayout.ENCAPSULATION_TCP) {
            return UNKNOWN;
        }
        int mtu = mtu();
        boolean outerIpv4 = outerIpv4();
        return mtu == 0
                ? UNKNOWN
                : protection.room(Math.max(mtu, outerIpv4 ? LEAST_IPV4 : LEAST_IPV6), outerIpv4, inUdp());
    }

    /** Tells whether an outer packet must not be fragmented (RFC 4301 section 8.1). */
    public boolean whole(InnerPacket packet) {
        if (!outerIpv4()) {
            return tunnel || packet.dontFragment();
        }
        int mtu = mtu();
        if (mtu != 0 && mtu < LEAST_IPV4) {
            return false;
        }
        return switch (tunnel ? getInt(slot + SaSlotLayout.OUTER_DF) : SaSlotLayout.DF_COPIED) {
            case SaSlotLayout.DF_SET -> true;
            case SaSlotLayout.DF_CLEARED -> false;
            default -> packet.dontFragment();
        };
    }

    /**
     * Tells what is done with a packet for which there is no room (RFC 4301 section 8.2.1). IPv6 packets of 1280 octets go
     * through any tunnel (RFC 2473 section 7.1, RFC 4213 section 3.2.2); in transport mode pieces are made of what is sealed
     * (RFC 4303 section 3.3.4).
     *
     * @param octets its length, of a super-packet that of each packet in it
     */
    public Excess excess(InnerPacket packet, int octets) {
        boolean fitsAnyLink = !packet.ipv4() && octets <= LEAST_IPV6;
        if (packet.dontFragment() && !fitsAnyLink) {
            return Excess.REFUSED;
        }
        return tunnel && packet.ipv4() ? Excess.FRAGMENTED_INSIDE : Excess.FRAGMENTED_OUTSIDE;
    }

    /**
     * Returns octets of the longest IP packet that goes in one piece where whoever sends it fragments: IPv4's with its
     * header. Over IPv6 the kernel does, and nothing is too long.
     */
    public int longestPiece() {
        if (!outerIpv4()) {
            return UNKNOWN;
        }
        int mtu = mtu();
        return mtu == 0 ? LEAST_IPV4 : Math.max(mtu, LEAST_PIECE);
    }

    private int mtu() {
        int known = getInt(slot + SaSlotLayout.PATH_MTU_KNOWN);
        return known == 0 ? getInt(slot + SaSlotLayout.PATH_MTU) : known;
    }

    private boolean outerIpv4() {
        return getInt(slot + SaSlotLayout.PATH_FAMILY) == 4;
    }

    private boolean inUdp() {
        return encapsulation() == SaSlotLayout.ENCAPSULATION_UDP;
    }

    private int encapsulation() {
        return getInt(slot + SaSlotLayout.PATH_ENCAPSULATION);
    }
}
