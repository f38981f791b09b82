package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;
import org.sallyport.classifier.internal.ah.AhFormat;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.flow.Departure;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.PathFit;
import org.sallyport.classifier.internal.flow.TransportExit;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.Ipv4Fragmenter;
import org.sallyport.classifier.internal.packet.PieceAssembler;
import org.sallyport.classifier.internal.packet.Segmenter;
import org.sallyport.classifier.internal.packet.TcpOpening;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;

/** The last part of the way out, once the SA is known: mode, segmentation, sealing, socket. Runs on one thread. */
final class Sealer {
    private static final int OVERHEAD = Math.max(EspFormat.OVERHEAD, AhFormat.OVERHEAD);

    private final Drops drops;
    private final Outlets outlets;
    private final Segmenter segmenter = new Segmenter();
    private final PieceAssembler pieces;
    private final Ipv4Fragmenter fragmenter;
    private final InnerPacket complete = new InnerPacket();
    private final TooLong tooLong;
    /** For what is cut outside. */
    private final Ipv4Fragmenter outside;

    private final int deviceMtu;
    private long now;
    /** DSCP and ECN field that the outer header of what is being sent gets. */
    private int outerClass;
    /** Whether nobody may fragment what is being sent. */
    private boolean whole;
    /** What is longer is fragmented before it is sealed. */
    private int mostInside;

    /** Octets up to which what is being sent is padded. */
    private int padded;

    /**
     * @param deviceMtu of the device that packets come from
     * @param tooLong hears of what is too long for its path
     */
    Sealer(EspSocket socket, Drops drops, Arena arena, boolean segmentation, int deviceMtu, TooLong tooLong) {
        this.tooLong = tooLong;
        this.fragmenter = new Ipv4Fragmenter(arena);
        this.deviceMtu = deviceMtu;
        this.drops = drops;
        this.outlets = new Outlets(socket, drops, arena, segmentation, tooLong::narrowed);
        this.pieces = new PieceAssembler(arena);
        this.outside = new Ipv4Fragmenter(arena);
    }

    /**
     * Sends a packet, or the packets of a super-packet; what cannot go is counted.
     *
     * @param header its virtio header, which it follows
     */
    void send(OutboundSa sa, long header, InnerPacket packet, long bootNanos) {
        now = bootNanos;
        TransportExit transport = sa.transport();
        int innerClass = TrafficClass.of(header + VirtioHeader.SIZE, packet.ipv4());
        // In transport mode the header outside is the packet's own.
        outerClass = transport == null ? sa.outerClass(innerClass) : innerClass;
        whole = sa.fit().whole(packet);
        // In transport mode nothing inside would tell where padding begins (RFC 4303 section 2.7); AH has none.
        padded = transport == null && !sa.signs() ? sa.segmentLimit().padded(deviceMtu) : 0;
        if (transport == null) {
            lowerSegmentSize(sa, header, packet);
            send(sa, header, packet, 0, packet.ipv4() ? EspFormat.NEXT_IPV4 : EspFormat.NEXT_IPV6);
        } else if (packet.fragment()) {
            assemble(sa, transport, header + VirtioHeader.SIZE, packet);
        } else {
            sendPayload(sa, transport, header, packet);
        }
    }

    private void lowerSegmentSize(OutboundSa sa, long header, InnerPacket packet) {
        long ip = header + VirtioHeader.SIZE;
        if (TcpOpening.is(ip, packet)) {
            boolean summed = (getByte(header + VirtioHeader.FLAGS) & VirtioHeader.NEEDS_CHECKSUM) == 0;
            TcpOpening.lower(ip, packet, sa.segmentLimit().of(packet.ipv4(), deviceMtu), summed);
        }
    }

    private void assemble(OutboundSa sa, TransportExit transport, long ip, InnerPacket piece) {
        long header = pieces.add(ip, piece, now);
        int discarded = pieces.takeDiscarded();
        if (discarded > 0) {
            drops.count(DropReason.INCOMPLETE, discarded);
        }
        if (header == 0) {
            return;
        }
        if (complete.parse(header + VirtioHeader.SIZE, InnerPacket.LONGEST)) {
            complete.mayBeFragmented(); // it was
            whole = false;
            sendPayload(sa, transport, header, complete);
        } else {
            drops.count(DropReason.MALFORMED_INNER);
        }
    }

    private void sendPayload(OutboundSa sa, TransportExit transport, long header, InnerPacket packet) {
        long ip = header + VirtioHeader.SIZE;
        int skip = transport.headerLength(ip, packet);
        if (skip == TransportExit.NOT_CARRIED) {
            drops.count(DropReason.TRANSPORT);
        } else {
            send(sa, header, packet, skip, transport.nextHeader(ip));
        }
    }

    /**
     * @param skip octets at the packet's beginning that stay outside
     * @param next what is behind them: an IP protocol
     */
    private void send(OutboundSa sa, long header, InnerPacket packet, int skip, int next) {
        long ip = header + VirtioHeader.SIZE;
        boolean segments = (getByte(header + VirtioHeader.GSO_TYPE) & ~VirtioHeader.GSO_ECN) != VirtioHeader.GSO_NONE;
        if (segments && !segmenter.begin(header, ip, packet, skip)) {
            drops.count(DropReason.MALFORMED_INNER);
            return;
        }
        int longest = segments ? segmenter.nextLength() : packet.length() - skip;
        if (!admit(sa.fit(), ip, packet, longest, skip)) {
            return;
        }
        Departure departure = sa.departure(outlets);
        if (departure == null) {
            drops.count(DropReason.SEND_REFUSED);
        } else if (segments) {
            sendSegments(sa, departure, skip, next);
        } else {
            sendWhole(sa, departure, header, packet, skip, next);
        }
    }

    /** Decides what is done with what is too long for the path; false when it is not sent. */
    private boolean admit(PathFit fit, long ip, InnerPacket packet, int longest, int skip) {
        int room = fit.room();
        mostInside = PathFit.UNKNOWN;
        if (longest <= room) {
            return true;
        }
        switch (fit.excess(packet, longest + skip)) {
            case FRAGMENTED_INSIDE -> mostInside = room;
            case FRAGMENTED_OUTSIDE -> whole = false;
            case REFUSED -> {
                drops.count(DropReason.TOO_LONG);
                tooLong.refuse(ip, packet, room + skip, now);
                return false;
            }
        }
        return true;
    }

    private void sendWhole(OutboundSa sa, Departure departure, long header, InnerPacket packet, int skip, int next) {
        int length = packet.length() - skip;
        boolean cut = length > mostInside;
        long to = cut ? 0 : reserve(departure, length);
        long text = cut ? fragmenter.packet() : to + sa.textOffset();
        copy(header + VirtioHeader.SIZE + skip, text, length);
        if (!Segmenter.finishChecksum(header, text, length, skip, packet.transport())) {
            drops.count(DropReason.MALFORMED_INNER);
        } else if (cut) {
            sendFragments(sa, departure, length, next);
        } else {
            seal(sa, departure, to, length, skip, next);
        }
    }

    private void sendSegments(OutboundSa sa, Departure departure, int skip, int next) {
        while (segmenter.hasNext()) {
            int length = segmenter.nextLength();
            if (length > mostInside) {
                segmenter.write(fragmenter.packet());
                sendFragments(sa, departure, length, next);
            } else {
                long to = reserve(departure, length);
                segmenter.write(to + sa.textOffset());
                seal(sa, departure, to, length, skip, next);
            }
        }
    }

    /** Sends what lies with the fragmenter, each piece sealed by itself: only in tunnel mode. */
    private void sendFragments(OutboundSa sa, Departure departure, int length, int next) {
        fragmenter.begin(length, mostInside);
        while (fragmenter.hasNext()) {
            int part = fragmenter.nextLength();
            long to = reserve(departure, part);
            fragmenter.write(to + sa.textOffset());
            seal(sa, departure, to, part, 0, next);
        }
    }

    private void seal(OutboundSa sa, Departure departure, long to, int length, int skip, int next) {
        if (!sa.fits(length)) {
            drops.count(DropReason.TOO_LONG);
            return;
        }
        long sequence = sa.nextSequence();
        if (sequence == OutboundSa.EXHAUSTED) {
            drops.count(DropReason.SEQUENCE_LIMIT);
            return;
        }
        if (sa.signs()) {
            sign(sa, departure, to, length, next, sequence);
        } else {
            int sealed = sa.seal(to, pad(to + sa.textOffset(), length), next, sequence);
            departure.batch().commit(sealed, departure.destination(), outerClass, whole);
        }
        sa.carried(length + skip, now);
    }

    private void sign(OutboundSa sa, Departure departure, long to, int length, int next, long sequence) {
        int signed = sa.sign(to, length, next, sequence, outerClass, whole);
        int longest = sa.fit().longestPiece();
        if (whole || signed <= longest) {
            departure.batch().commit(signed, departure.destination(), outerClass, whole);
        } else {
            cut(departure, to, signed, longest);
        }
    }

    /** Cuts a packet outside (RFC 4302 section 3.3.4): where the sender writes the IP header, the kernel does not. */
    private void cut(Departure departure, long from, int length, int longest) {
        copy(from, outside.packet(), length);
        outside.begin(length, longest);
        while (outside.hasNext()) {
            int octets = outside.nextLength();
            long to = reserve(departure, octets);
            outside.write(to);
            departure.batch().commit(octets, departure.destination(), outerClass, whole);
        }
    }

    /** Pads a packet with zeros; returns its octets. */
    private int pad(long text, int length) {
        if (length >= padded) {
            return length;
        }
        zero(text + length, padded - length);
        return padded;
    }

    private long reserve(Departure departure, int inner) {
        int octets = Math.max(inner, padded) + OVERHEAD;
        long to = departure.batch().reserve(octets);
        if (to == 0) {
            flush();
            to = departure.batch().reserve(octets);
        }
        if (to == 0) { // what is written there would end the process
            throw new IllegalStateException("a batch that was sent has no room for " + octets + " octets");
        }
        return to;
    }

    /** Has ESP without UDP go by this socket from now on; any thread may. */
    void carryRaw(RawProtocol protocol, Family family, PacketSocket socket) {
        outlets.add(protocol, family, socket);
    }

    /** Has ESP in TCP go by this socket from now on; any thread may. */
    void carryStreams(StreamSocket socket) {
        outlets.addStreams(socket);
    }

    /** Hands everything to the kernel. */
    void flush() {
        outlets.flush();
    }
}
