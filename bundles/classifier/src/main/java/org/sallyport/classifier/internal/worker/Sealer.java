package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.copy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.zero;

import java.lang.foreign.Arena;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.flow.Departure;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.TransportExit;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.PieceAssembler;
import org.sallyport.classifier.internal.packet.Segmenter;
import org.sallyport.classifier.internal.packet.TcpOpening;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;

/** The last part of the way out, once the SA is known: mode, segmentation, sealing, socket. Runs on one thread. */
final class Sealer {
    private final Drops drops;
    private final Outlets outlets;
    private final Segmenter segmenter = new Segmenter();
    private final PieceAssembler pieces;
    private final InnerPacket whole = new InnerPacket();
    private final int deviceMtu;
    private long now;
    /** DSCP and ECN field that the outer header of what is being sent gets. */
    private int outerClass;

    /** Octets up to which what is being sent is padded. */
    private int padded;

    /** @param deviceMtu of the device that packets come from */
    Sealer(EspSocket socket, Drops drops, Arena arena, boolean segmentation, int deviceMtu) {
        this.deviceMtu = deviceMtu;
        this.drops = drops;
        this.outlets = new Outlets(socket, drops, arena, segmentation);
        this.pieces = new PieceAssembler(arena);
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
        // In transport mode nothing inside would tell where padding begins (RFC 4303 section 2.7).
        padded = transport == null ? sa.segmentLimit().padded(deviceMtu) : 0;
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
        long complete = pieces.add(ip, piece, now);
        int discarded = pieces.takeDiscarded();
        if (discarded > 0) {
            drops.count(DropReason.INCOMPLETE, discarded);
        }
        if (complete == 0) {
            return;
        }
        if (whole.parse(complete + VirtioHeader.SIZE, InnerPacket.LONGEST)) {
            sendPayload(sa, transport, complete, whole);
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
        Departure departure = sa.departure(outlets);
        if (departure == null) {
            drops.count(DropReason.SEND_REFUSED);
            return;
        }
        long ip = header + VirtioHeader.SIZE;
        int type = getByte(header + VirtioHeader.GSO_TYPE) & ~VirtioHeader.GSO_ECN;
        if (type == VirtioHeader.GSO_NONE) {
            sendWhole(sa, departure, header, packet, skip, next);
        } else if (segmenter.begin(header, ip, packet, skip)) {
            sendSegments(sa, departure, skip, next);
        } else {
            drops.count(DropReason.MALFORMED_INNER);
        }
    }

    private void sendWhole(OutboundSa sa, Departure departure, long header, InnerPacket packet, int skip, int next) {
        int length = packet.length() - skip;
        long to = reserve(departure, length);
        long text = to + sa.textOffset();
        copy(header + VirtioHeader.SIZE + skip, text, length);
        if (Segmenter.finishChecksum(header, text, length, skip, packet.transport())) {
            seal(sa, departure, to, length, skip, next);
        } else {
            drops.count(DropReason.MALFORMED_INNER);
        }
    }

    private void sendSegments(OutboundSa sa, Departure departure, int skip, int next) {
        while (segmenter.hasNext()) {
            int length = segmenter.nextLength();
            long to = reserve(departure, length);
            segmenter.write(to + sa.textOffset());
            seal(sa, departure, to, length, skip, next);
        }
    }

    private void seal(OutboundSa sa, Departure departure, long to, int length, int skip, int next) {
        long sequence = sa.nextSequence();
        if (sequence == OutboundSa.EXHAUSTED) {
            drops.count(DropReason.SEQUENCE_LIMIT);
            return;
        }
        int sealed = sa.seal(to, pad(to + sa.textOffset(), length), next, sequence);
        departure.batch().commit(sealed, departure.destination(), outerClass);
        sa.carried(length + skip, now);
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
        int octets = Math.max(inner, padded) + EspFormat.OVERHEAD;
        long to = departure.batch().reserve(octets);
        if (to == 0) {
            flush();
            to = departure.batch().reserve(octets);
        }
        return to;
    }

    /** Has ESP without UDP go by this socket from now on; any thread may. */
    void carryRaw(Family family, PacketSocket socket) {
        outlets.add(family, socket);
    }

    /** Hands everything to the kernel. */
    void flush() {
        outlets.flush();
    }
}
