package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * Puts together what this host's IP cut for the TUN: transport mode protects whole packets (RFC 4303 section 3.3.4). The
 * host cuts in order, so that a piece that does not continue the one before ends its packet. A few packets at once, each
 * for a second; the oldest makes room. Belongs to one thread.
 */
public final class PieceAssembler {
    private static final int PLACES = 8;
    private static final int LARGEST = 65_535;
    private static final int ROOM = 64 + LARGEST + 1;
    /** Where the packet begins in its place, behind a virtio header. */
    private static final int OFFSET = 64;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int FRAGMENT_HEADER = 8;
    private static final int NEXT_FRAGMENT = 44;
    private static final long PATIENCE = 1_000_000_000L;

    private final Arena arena;
    private final @Nullable Place[] places = new Place[PLACES];
    private int discarded;

    private static final class Place {
        private final long packet;
        private boolean taken;
        private boolean ipv4;
        private int id;
        private int protocol;
        private long sourceHigh;
        private long sourceLow;
        private long destinationHigh;
        private long destinationLow;
        private long since;
        private int header;
        private int length;
        private int pieces;

        Place(Arena arena) {
            packet = arena.allocate(ROOM, OFFSET).address() + OFFSET;
            zero(packet - VirtioHeader.SIZE, VirtioHeader.SIZE);
        }

        void take(InnerPacket first, int headerLength, long now) {
            taken = true;
            ipv4 = first.ipv4();
            id = first.fragmentId();
            protocol = first.protocol();
            sourceHigh = first.sourceHigh();
            sourceLow = first.sourceLow();
            destinationHigh = first.destinationHigh();
            destinationLow = first.destinationLow();
            since = now;
            header = headerLength;
            length = headerLength;
            pieces = 0;
        }

        boolean isOf(InnerPacket piece) {
            return taken
                    && id == piece.fragmentId()
                    && ipv4 == piece.ipv4()
                    && protocol == piece.protocol()
                    && sourceLow == piece.sourceLow()
                    && sourceHigh == piece.sourceHigh()
                    && destinationLow == piece.destinationLow()
                    && destinationHigh == piece.destinationHigh();
        }
    }

    public PieceAssembler(Arena arena) {
        this.arena = arena;
    }

    /**
     * Takes a piece.
     *
     * @param ip address of the piece
     * @param piece what was parsed there
     * @return the address of the whole packet with an empty virtio header in front of it, valid until the next call; 0 as
     *     long as it is not whole. The checksum of its IP header, which is not sent, is the first piece's.
     */
    public long add(long ip, InnerPacket piece, long now) {
        int front = piece.ipv4() ? IPV4_HEADER : IPV6_HEADER + FRAGMENT_HEADER;
        boolean plain = piece.transport() == front && (piece.ipv4() || getByte(ip + 6) == NEXT_FRAGMENT);
        if (!plain) {
            discarded++;
            return 0;
        }
        Place place = piece.laterFragment() ? find(piece, now) : begin(ip, piece, now);
        if (place == null) {
            discarded++;
            return 0;
        }
        return append(place, ip, front, piece.length() - front, piece.ipv4());
    }

    private Place begin(long ip, InnerPacket first, long now) {
        Place same = find(first, now);
        Place place = same == null ? free() : same;
        if (place.taken) {
            discarded += place.pieces;
        }
        int header = first.ipv4() ? IPV4_HEADER : IPV6_HEADER;
        place.take(first, header, now);
        copy(ip, place.packet, header);
        return place;
    }

    private @Nullable Place find(InnerPacket piece, long now) {
        for (Place place : places) {
            if (place != null && place.isOf(piece) && now - place.since < PATIENCE) {
                return place;
            }
        }
        return null;
    }

    private Place free() {
        Place oldest = places[0];
        for (int i = 0; i < PLACES; i++) {
            Place place = places[i];
            if (place == null) {
                Place made = new Place(arena);
                places[i] = made;
                return made;
            }
            if (!place.taken) {
                return place;
            }
            if (oldest == null || place.since < oldest.since) {
                oldest = place;
            }
        }
        return Objects.requireNonNull(oldest);
    }

    private long append(Place place, long ip, int front, int octets, boolean ipv4) {
        int field = netShort(ip + (ipv4 ? 6 : IPV6_HEADER + 2));
        int at = ipv4 ? (field & 0x1fff) * 8 : field & 0xfff8;
        boolean more = (field & (ipv4 ? 0x2000 : 1)) != 0;
        if (place.length != place.header + at || place.length + octets > LARGEST) {
            place.taken = false;
            discarded += place.pieces + 1;
            return 0;
        }
        copy(ip + front, place.packet + place.length, octets);
        place.length += octets;
        place.pieces++;
        return more ? 0 : finish(place);
    }

    private static long finish(Place place) {
        place.taken = false;
        if (place.ipv4) {
            putNetShort(place.packet + 2, place.length);
            putNetShort(place.packet + 6, 0);
        } else {
            putNetShort(place.packet + 4, place.length - IPV6_HEADER);
            putByte(place.packet + 6, place.protocol);
        }
        return place.packet - VirtioHeader.SIZE;
    }

    /** Returns how many pieces were discarded since the last call. */
    public int takeDiscarded() {
        int result = discarded;
        discarded = 0;
        return result;
    }
}
