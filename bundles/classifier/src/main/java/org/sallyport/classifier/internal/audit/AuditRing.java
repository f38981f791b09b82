package org.sallyport.classifier.internal.audit;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netLong;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.packet.InnerPacket;

/**
 * Auditable events of one thread that carries packets: numbers in a ring, which somebody else makes words of. Allocates
 * nothing, waits for nobody; what finds it full is counted. One thread records, one takes.
 */
public final class AuditRing {
    private static final Set<DropReason> AUDITABLE = EnumSet.of(
            DropReason.UNKNOWN_SPI,
            DropReason.REPLAY,
            DropReason.INTEGRITY,
            DropReason.SELECTORS,
            DropReason.POLICY_INBOUND,
            DropReason.FRAGMENT,
            DropReason.SEQUENCE_LIMIT);
    private static final DropReason[] REASONS = DropReason.values();

    private static final int SIZE = 512;
    private static final int FIELDS = 12;
    private static final int KIND = 0;
    private static final int SPI = 1;
    private static final int SEQUENCE = 2;
    private static final int SOURCE = 3;
    private static final int DESTINATION = 5;
    private static final int INNER = 7;
    private static final int PORTS = 11;

    private static final long HAS_INNER = 1L << 8;
    private static final long INNER_IPV4 = 1L << 9;
    private static final int PROTOCOL_SHIFT = 16;
    private static final long MAPPED = 0xffffL << 32;

    private final long[] entries = new long[SIZE * FIELDS];
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();
    private final Drops lost = new Drops();

    /**
     * Records a packet that came.
     *
     * @param slot of its SA, 0 when it has none
     * @param peerHigh who sent it, IPv4 mapped into IPv6; 0 and 0 when that is not known
     * @param inner what was inside, when it is genuine
     */
    public void inbound(
            DropReason reason,
            int spi,
            long sequence,
            long slot,
            long peerHigh,
            long peerLow,
            @Nullable InnerPacket inner) {
        int at = place(reason);
        if (at >= 0) {
            entries[at + SOURCE] = peerHigh;
            entries[at + SOURCE + 1] = peerLow;
            pathAddress(at + DESTINATION, slot, SaSlotLayout.PATH_LOCAL_ADDRESS);
            record(at, reason, spi, sequence, inner);
        }
    }

    /**
     * Records a packet that was to leave.
     *
     * @param slot of its SA, 0 when it has none
     */
    public void outbound(DropReason reason, long slot, InnerPacket inner) {
        int at = place(reason);
        if (at >= 0) {
            pathAddress(at + SOURCE, slot, SaSlotLayout.PATH_LOCAL_ADDRESS);
            pathAddress(at + DESTINATION, slot, SaSlotLayout.PATH_REMOTE_ADDRESS);
            int spi = slot == 0 ? 0 : getInt(slot + SaSlotLayout.SPI);
            record(at, reason, spi, slot == 0 ? 0 : sequence(slot), inner);
        }
    }

    private static long sequence(long slot) {
        return getLong(slot + SaSlotLayout.SEQUENCE);
    }

    private int place(DropReason reason) {
        if (!AUDITABLE.contains(reason)) {
            return -1;
        }
        long next = tail.getPlain();
        if (next - head.getAcquire() >= SIZE) {
            lost.count(reason);
            return -1;
        }
        return (int) (next % SIZE) * FIELDS;
    }

    private void pathAddress(int at, long slot, int field) {
        boolean ipv4 = slot != 0 && getInt(slot + SaSlotLayout.PATH_FAMILY) == 4;
        entries[at] = slot == 0 || ipv4 ? 0 : netLong(slot + field);
        entries[at + 1] = slot == 0
                ? 0
                : ipv4 ? MAPPED | Integer.toUnsignedLong(netInt(slot + field)) : netLong(slot + field + 8);
    }

    @SuppressWarnings("EnumOrdinal") // for a moment, within this run
    private void record(int at, DropReason reason, int spi, long sequence, @Nullable InnerPacket inner) {
        entries[at + KIND] = reason.ordinal();
        entries[at + SPI] = spi;
        entries[at + SEQUENCE] = sequence;
        if (inner != null) {
            entries[at + KIND] |=
                    HAS_INNER | (inner.ipv4() ? INNER_IPV4 : 0) | (long) inner.protocol() << PROTOCOL_SHIFT;
            entries[at + INNER] = inner.sourceHigh();
            entries[at + INNER + 1] = inner.sourceLow();
            entries[at + INNER + 2] = inner.destinationHigh();
            entries[at + INNER + 3] = inner.destinationLow();
            entries[at + PORTS] = (long) inner.sourcePort() << 32 | (inner.destinationPort() & 0xffff_ffffL);
        }
        tail.setRelease(tail.getPlain() + 1);
    }

    /** Takes what was recorded. */
    public void drain(Consumer<AuditEvent> to) {
        long end = tail.getAcquire();
        for (long i = head.getPlain(); i < end; i++) {
            AuditEvent event = event((int) (i % SIZE) * FIELDS);
            head.setRelease(i + 1);
            to.accept(event);
        }
    }

    private AuditEvent event(int at) {
        long kind = entries[at + KIND];
        return new AuditEvent(
                REASONS[(int) (kind & 0xff)],
                (int) entries[at + SPI],
                entries[at + SEQUENCE],
                outer(at + SOURCE),
                outer(at + DESTINATION),
                (kind & HAS_INNER) == 0 ? Optional.empty() : Optional.of(flow(at, kind)));
    }

    private Optional<InetAddress> outer(int at) {
        long high = entries[at];
        long low = entries[at + 1];
        if ((high | low) == 0) {
            return Optional.empty();
        }
        return Optional.of(address(high == 0 && low >>> 32 == 0xffff, high, low));
    }

    private Flow flow(int at, long kind) {
        boolean ipv4 = (kind & INNER_IPV4) != 0;
        return new Flow(
                0,
                (int) (kind >>> PROTOCOL_SHIFT) & 0xff,
                address(ipv4, entries[at + INNER], entries[at + INNER + 1]),
                (int) (entries[at + PORTS] >> 32),
                address(ipv4, entries[at + INNER + 2], entries[at + INNER + 3]),
                (int) entries[at + PORTS]);
    }

    private static InetAddress address(boolean ipv4, long high, long low) {
        byte[] octets = new byte[ipv4 ? 4 : 16];
        for (int i = 0; i < octets.length; i++) {
            int fromEnd = octets.length - 1 - i;
            octets[i] = (byte) (fromEnd < 8 ? low >>> (8 * fromEnd) : high >>> (8 * (fromEnd - 8)));
        }
        return Addresses.of(octets);
    }

    /** Returns how many found the ring full, for a reason. */
    long lost(DropReason reason) {
        return lost.of(reason);
    }
}
