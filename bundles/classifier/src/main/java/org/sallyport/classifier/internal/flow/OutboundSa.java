package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.putNetInt;

import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.ah.AhSigner;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.esp.PacketProtection;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.raw.RawProtocol;

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
    private final PacketProtection protection;
    private final @Nullable PacketAead aead;
    private final @Nullable AhSigner signer;
    private final PathFit fit;
    private final SegmentLimit segmentLimit;
    private final int alignment;
    private final int icvLength;
    private final @Nullable TransportExit transport;
    private final Consumer<OutboundSa> wishes;

    /** With AH it depends on the path, and is known with it. */
    private int textOffset;

    private int pathVersion = -1;
    private @Nullable Departure departure;
    private long limit;
    private long askFrom;
    private volatile boolean wanting;
    private volatile @Nullable Shares shares;
    private final int share;

    /**
     * @param inbound names the pair
     * @param owner index of the worker that owns it
     * @param protection with this SA's key, of that worker
     * @param wishes is told, once, that more sequence numbers are wanted, or an SA beside it; does not block
     */
    public OutboundSa(
            InstalledSa sa, SpiKey inbound, int owner, PacketProtection protection, Consumer<OutboundSa> wishes) {
        this.wishes = wishes;
        this.inbound = inbound;
        this.spi = sa.key().spi();
        this.owner = owner;
        this.slot = sa.slot().address();
        this.policy = sa.policy();
        this.lineage = sa.lineage();
        this.share = getInt(slot + SaSlotLayout.SHARE);
        this.ivPrefix = (long) getInt(slot + SaSlotLayout.IV_PREFIX) << COUNTER_BITS;
        this.selectors = new CompiledSelectors(sa.selectors());
        this.protection = protection;
        this.signer = protection instanceof AhSigner ah ? ah : null;
        this.fit = new PathFit(slot, protection);
        this.segmentLimit = new SegmentLimit(slot, fit);
        if (protection instanceof PacketAead esp) {
            this.aead = esp;
            this.textOffset = EspFormat.HEADER + esp.ivLength();
            this.alignment = esp.alignment();
            this.icvLength = esp.icvLength();
        } else {
            this.aead = null;
            this.alignment = 1;
            this.icvLength = 0;
        }
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

    /** Returns the number of its share, 0 for an ordinary one. */
    public int share() {
        return share;
    }

    /** Returns the number of the lineage that carries everything for which no share stands: its own for an ordinary one. */
    public long fallback() {
        return share == 0 ? lineage.number() : getLong(slot + SaSlotLayout.FALLBACK);
    }

    /** Returns those that stand beside it; null while it is in no table, and for one that stands beside another. */
    public @Nullable Shares shares() {
        return shares;
    }

    void shares(Shares beside) {
        shares = beside;
    }

    /** Those who make what is wished for are told; does not block. */
    void wishShares() {
        wishes.accept(this);
    }

    /**
     * Returns the SA that a packet goes by for which this one was found: itself, unless policy has others beside it, and one
     * of them stands for such packets.
     *
     * @param ip where the packet begins
     * @param worker the worker that has the packet
     * @param workers how many there are
     */
    public OutboundSa forPacket(long ip, boolean ipv4, int worker, int workers, long now) {
        int sharing = getInt(slot + SaSlotLayout.SHARING);
        if (sharing == SaSlotLayout.SHARING_NONE) {
            return this;
        }
        Shares beside = shares;
        return beside == null ? this : beside.choose(this, sharing, ip, ipv4, worker, workers, now);
    }

    /** Returns what leaves in transport mode, null in tunnel mode. */
    public @Nullable TransportExit transport() {
        return transport;
    }

    /** Returns how far behind the beginning of a packet, as the socket takes it, what is sealed lies; known with the path. */
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

    /** Returns what has the key. */
    public PacketProtection protection() {
        return protection;
    }

    /** Returns what seals packets of ESP, null with AH. */
    public @Nullable PacketAead aead() {
        return aead;
    }

    /** Tells whether it is AH's: packets are signed, and not sealed. */
    public boolean signs() {
        return signer != null;
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
        PacketAead esp = Objects.requireNonNull(aead);
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
        esp.seal(text, length, sequence, ivPrefix | sequence);
        return textOffset + length + icvLength;
    }

    /** Tells whether a packet with so many octets to protect can be sent at all. */
    public boolean fits(int inner) {
        return signer == null || signer.fits(inner);
    }

    /**
     * Makes an AH packet in place (RFC 4302 section 3.3), over IPv4 with its IP header.
     *
     * @param packet where it begins; what is protected lies {@link #textOffset} octets behind that
     * @param inner octets of what is protected
     * @param next what that is: an IP protocol
     * @param sequence from {@link #nextSequence}
     * @param trafficClass DSCP and ECN field of the IP header
     * @param whole whether nobody may fragment it
     * @return octets of the packet
     */
    public int sign(long packet, int inner, int next, long sequence, int trafficClass, boolean whole) {
        return Objects.requireNonNull(signer)
                .sign(packet, inner, next, sequence, ivPrefix | sequence, trafficClass, whole);
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
        Departure read = signer == null ? sealedDeparture(path, board) : signedDeparture(signer, path, board);
        departure = read;
        pathVersion = path.version();
        return read;
    }

    private static @Nullable Departure sealedDeparture(SlotPath path, Departure.Board board) {
        return path.tcp()
                ? board.findStream(path.local(), path.remote())
                : board.find(path.raw() ? RawProtocol.ESP : null, path.local(), path.remote());
    }

    /** AH's ICV covers both addresses, so both have to be known. */
    private @Nullable Departure signedDeparture(AhSigner ah, SlotPath path, Departure.Board board) {
        InetAddress local = path.local().getAddress();
        if (local.isAnyLocalAddress()) {
            return null;
        }
        ah.path(local, path.remote().getAddress());
        textOffset = ah.textOffset();
        return board.find(RawProtocol.AH, path.local(), path.remote());
    }
}
