package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putNetShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

import java.lang.foreign.Arena;

/**
 * Fragments IPv4 packets (RFC 791 section 3.2), fragments among them. One object serves packet after packet and belongs to
 * one thread.
 *
 * <p>Use: put a packet to {@link #packet}, {@link #begin}, then {@link #write} for each fragment in order.
 */
public final class Ipv4Fragmenter {
    private static final int HEADER = 20;
    private static final int LONGEST_HEADER = 60;
    private static final int MORE = 0x2000;
    private static final int OFFSET = 0x1fff;
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    /** In an option's type: it is for every fragment. */
    private static final int COPIED = 0x80;

    private final long packet;
    /** The header of fragments other than the first. */
    private final long later;

    private int firstHeader;
    private int laterHeader;
    private int most;
    private int length;
    /** Where in the packet the next fragment's payload begins. */
    private int position;

    public Ipv4Fragmenter(Arena arena) {
        packet = arena.allocate(InnerPacket.LONGEST, 64).address();
        later = arena.allocate(LONGEST_HEADER, 64).address();
    }

    /** Returns where the packet is put that is to be fragmented; there is room for {@link InnerPacket#LONGEST} octets. */
    public long packet() {
        return packet;
    }

    /**
     * Prepares to fragment the packet that was put there and was parsed.
     *
     * @param octets its length
     * @param longest octets that a fragment may have, 68 or more
     */
    public void begin(int octets, int longest) {
        firstHeader = (getByte(packet) & 0xf) * 4;
        laterHeader = copyHeader();
        most = longest;
        length = octets;
        position = firstHeader;
    }

    /** Makes the header of later fragments: some options are for the first alone (RFC 791 section 3.1). */
    private int copyHeader() {
        copy(packet, later, HEADER);
        int to = HEADER;
        int at = HEADER;
        while (at < firstHeader) {
            int type = getByte(packet + at);
            int size = type <= NO_OPERATION ? 1 : at + 1 < firstHeader ? getByte(packet + at + 1) : 0;
            if (type == END_OF_OPTIONS || size == 0 || (type != NO_OPERATION && size < 2) || at + size > firstHeader) {
                break;
            }
            if ((type & COPIED) != 0) {
                copy(packet + at, later + to, size);
                to += size;
            }
            at += size;
        }
        while (to % 4 != 0) {
            putByte(later + to++, END_OF_OPTIONS);
        }
        putByte(later, 0x40 + to / 4);
        return to;
    }

    /** Tells whether fragments are left. */
    public boolean hasNext() {
        return position < length;
    }

    /** Returns how many octets the next fragment has. */
    public int nextLength() {
        return header() + payload();
    }

    private int header() {
        return position == firstHeader ? firstHeader : laterHeader;
    }

    private int payload() {
        int left = length - position;
        int room = most - header();
        return left <= room ? left : room & -8;
    }

    /** Writes the next fragment; there is room for {@link #nextLength} octets. */
    public void write(long to) {
        int header = header();
        int part = payload();
        copy(position == firstHeader ? packet : later, to, header);
        copy(packet + position, to + header, part);
        int field = netShort(packet + 6);
        int offset = (field & OFFSET) + (position - firstHeader) / 8;
        int more = position + part < length ? MORE : field & MORE;
        putNetShort(to + 2, header + part);
        putNetShort(to + 6, (field & ~(OFFSET | MORE)) | more | offset);
        putShort(to + 10, 0);
        putShort(to + 10, ~Checksum.fold(Checksum.sum(to, header, 0)));
        position += part;
    }
}
