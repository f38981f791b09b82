package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.putNetInt;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.linux.memory.RawMemory;

/**
 * An SA that packets leave by, as its worker sees it. Sequence number and counters lie in the slot, so that a data plane
 * that takes over goes on from there.
 */
public final class OutboundSa {
    /** Sequence number for a packet that must not be sent. */
    public static final long EXHAUSTED = 0;

    /** Bits of the explicit IV that count; the others tell one owner's packets from another's. */
    private static final int COUNTER_BITS = 48;

    private static final long LARGEST_COUNTER = (1L << COUNTER_BITS) - 1;

    private final SpiKey inbound;
    private final int spi;
    private final int owner;
    private final long slot;
    private final String policy;
    private final ChildSaId lineage;
    private final long ivPrefix;
    private final CompiledSelectors selectors;
    private final PacketAead aead;
    private final PathFit fit;
    private final SegmentLimit segmentLimit;
    private final int textOffset;
    private final int alignment;
    private final int icvLength;
    private final @Nullable TransportExit transport;
    private final Consumer<OutboundSa> wishes;

    private int pathVersion = -1;
    private @Nullable Departure departure;
    private long limit;
    private long askFrom;
    private volatile boolean wanting;

    /**
     * @param inbound names the pair
     * @param owner index of the worker that owns it
     * @param aead with this SA's key, of that worker
     * @param wishes is told, once, that more sequence numbers are wanted; does not block
     */
    public OutboundSa(InstalledSa sa, SpiKey inbound, int owner, PacketAead aead, Consumer<OutboundSa> wishes) {
        this.wishes = wishes;
        this.inbound = inbound;
        this.spi = sa.key().spi();
        this.owner = owner;
        this.slot = sa.slot().address();
        this.policy = sa.policy();
        this.lineage = sa.lineage();
        this.ivPrefix = (long) getInt(slot + SaSlotLayout.IV_PREFIX) << COUNTER_BITS;
        this.selectors = new CompiledSelectors(sa.selectors());
        this.aead = aead;
        this.fit = new PathFit(slot, aead);
        this.segmentLimit = new SegmentLimit(slot, fit);
        this.textOffset = EspFormat.HEADER + aead.ivLength();
        this.alignment = aead.alignment();
        this.icvLength = aead.icvLength();
        this.transport = getInt(slot + SaSlotLayout.MODE) == SaSlotLayout.MODE_TUNNEL
                ? null
                : new TransportExit(sa.selectors().hosts().orElseThrow());
    }

    /** Returns the inbound SA of the pair. */
    public SpiKey inbound() {
        return inbound;
    }

    public int owner() {
        return owner;
    }

    public long slot() {
        return slot;
    }

    public String policy() {
        return policy;
    }

    public ChildSaId lineage() {
        return lineage;
    }

    /** Returns what leaves in transport mode, null in tunnel mode. */
    public @Nullable TransportExit transport() {
        return transport;
    }

    /** Returns how far behind the ESP header what is sealed lies. */
    public int textOffset() {
        return textOffset;
    }

    public CompiledSelectors selectors() {
        return selectors;
    }

    /** Returns what its path takes. */
    public PathFit fit() {
        return fit;
    }

    /** Returns how long TCP's segments may be that cross it. */
    public SegmentLimit segmentLimit() {
        return segmentLimit;
    }

    public PacketAead aead() {
        return aead;
    }

    /**
     * Takes the next sequence number, or {@link #EXHAUSTED} when the limit is reached. Asks for more in good time: see
     * {@link #takeWish}.
     */
    public long nextSequence() {
        long next = getLong(slot + SaSlotLayout.SEQUENCE) + 1;
        long granted = RawMemory.getAcquire(slot + SaSlotLayout.SEQ_LIMIT);
        if (granted != limit) {
            limit = granted;
            askFrom = next + (granted - next) / 2;
        }
        if (next >= askFrom) {
            askFrom = Long.MAX_VALUE;
            wish();
        }
        if (next > granted || next > LARGEST_COUNTER) {
            wish();
            putLong(slot + SaSlotLayout.DROPPED_LIMIT, getLong(slot + SaSlotLayout.DROPPED_LIMIT) + 1);
            return EXHAUSTED;
        }
        putLong(slot + SaSlotLayout.SEQUENCE, next);
        return next;
    }

    private void wish() {
        if (!wanting) {
            wanting = true;
            wishes.accept(this);
        }
    }

    /** Tells whether more sequence numbers are wanted. */
    public boolean wanting() {
        return wanting;
    }

    /** Tells, once, that more sequence numbers are wanted. */
    public boolean takeWish() {
        boolean wish = wanting;
        if (wish) {
            wanting = false;
        }
        return wish;
    }

    /**
     * Makes an ESP packet in place (RFC 4303 section 3.3).
     *
     * @param packet where the ESP header goes; what is sealed lies {@link #textOffset} octets behind it
     * @param inner octets of what is sealed
     * @param next what that is: an IP protocol
     * @param sequence from {@link #nextSequence}
     * @return octets of the ESP packet
     */
    public int seal(long packet, int inner, int next, long sequence) {
        long text = packet + textOffset;
        int padding = -(inner + EspFormat.TRAILER) & alignment - 1;
        for (int i = 1; i <= padding; i++) {
            putByte(text + inner + i - 1, i);
        }
        putByte(text + inner + padding, padding);
        putByte(text + inner + padding + 1, next);
        int length = inner + padding + EspFormat.TRAILER;
        putNetInt(packet, spi);
        putNetInt(packet + 4, (int) sequence);
        aead.seal(text, length, sequence, ivPrefix | sequence);
        return textOffset + length + icvLength;
    }

    /**
     * Returns DSCP and ECN field that an outer header gets in tunnel mode. The ECN field is the packet's (RFC 6040 section
     * 4.1), the DSCP too unless policy sets another (RFC 4301 section 4.4.2.1, "bypass DSCP or map to unprotected DSCP").
     *
     * @param innerClass those of the packet
     */
    public int outerClass(int innerClass) {
        int dscp = getInt(slot + SaSlotLayout.OUTER_DSCP);
        return dscp == SaSlotLayout.DSCP_COPIED
                ? innerClass
                : TrafficClass.withDscp(innerClass, dscp & ~SaSlotLayout.DSCP_SET);
    }

    /** Counts a packet that was carried. */
    public void carried(int octets, long bootNanos) {
        putLong(slot + SaSlotLayout.PACKETS, getLong(slot + SaSlotLayout.PACKETS) + 1);
        putLong(slot + SaSlotLayout.OCTETS, getLong(slot + SaSlotLayout.OCTETS) + octets);
        putLong(slot + SaSlotLayout.LAST_USED, bootNanos);
    }

    /** Returns where packets go, read anew when the path has changed; null when no socket for it is open. */
    public @Nullable Departure departure(Departure.Board board) {
        Departure known = departure;
        if (known != null && SlotPath.version(slot) == pathVersion) {
            return known;
        }
        return readPath(board);
    }

    private @Nullable Departure readPath(Departure.Board board) {
        SlotPath path = SlotPath.read(slot);
        Departure read = board.find(path.raw(), path.local(), path.remote());
        departure = read;
        pathVersion = path.version();
        return read;
    }
}
