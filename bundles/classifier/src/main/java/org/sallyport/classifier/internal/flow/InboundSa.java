package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putLong;

import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.ah.AhIcv;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.esp.PacketProtection;
import org.sallyport.linux.memory.RawMemory;

/** An SA that packets arrive by, as its worker sees it. What changes lies in the slot. */
public final class InboundSa {
    private final int spi;
    private final long slot;
    private final boolean extended;
    private final CompiledSelectors selectors;
    private final PacketProtection protection;
    private final @Nullable PacketAead aead;
    private final @Nullable AhIcv icv;
    private final SegmentLimit segmentLimit;
    private final ChildSaId lineage;
    private final String policy;
    private final @Nullable TransportEntry transport;
    private int connection;

    /**
     * @param protection with this SA's key, of the worker that owns it
     */
    public InboundSa(InstalledSa sa, PacketProtection protection) {
        this.spi = sa.key().spi();
        this.slot = sa.slot().address();
        this.extended = (RawMemory.getInt(slot + SaSlotLayout.FLAGS) & SaSlotLayout.FLAG_ESN) != 0;
        this.selectors = new CompiledSelectors(sa.selectors());
        this.protection = protection;
        this.aead = protection instanceof PacketAead esp ? esp : null;
        this.icv = protection instanceof AhIcv ah ? ah : null;
        this.segmentLimit = new SegmentLimit(slot, new PathFit(slot, protection));
        this.lineage = RawMemory.getInt(slot + SaSlotLayout.SHARE) == 0
                ? sa.lineage()
                : new ChildSaId(sa.lineage().ikeSa(), getLong(slot + SaSlotLayout.FALLBACK));
        this.policy = sa.policy();
        this.transport = RawMemory.getInt(slot + SaSlotLayout.MODE) == SaSlotLayout.MODE_TUNNEL
                ? null
                : new TransportEntry(sa.selectors().hosts().orElseThrow(), slot);
    }

    public int spi() {
        return spi;
    }

    /** Returns the slot's address. */
    public long slot() {
        return slot;
    }

    /** Tells whether sequence numbers have 64 bits. */
    public boolean extended() {
        return extended;
    }

    public CompiledSelectors selectors() {
        return selectors;
    }

    /** Returns the lineage that its flows lease: its own, or that of the SA beside which it stands. */
    public ChildSaId lineage() {
        return lineage;
    }

    /** Returns the policy under whose entry it stands. */
    public String policy() {
        return policy;
    }

    /** Returns what packets lack that arrive in transport mode, null in tunnel mode. */
    public @Nullable TransportEntry transport() {
        return transport;
    }

    /** Returns how long TCP's segments may be that cross it. */
    public SegmentLimit segmentLimit() {
        return segmentLimit;
    }

    /** Returns what has the key. */
    public PacketProtection protection() {
        return protection;
    }

    /** Returns what opens packets of ESP, null with AH. */
    public @Nullable PacketAead aead() {
        return aead;
    }

    /** Returns what verifies packets of AH, null with ESP. */
    public @Nullable AhIcv icv() {
        return icv;
    }

    /** Tells whether a packet came by another connection of TCP than the one before, and takes note of it. */
    public boolean changesTo(int anotherConnection) {
        boolean changes = connection != anotherConnection;
        connection = anotherConnection;
        return changes;
    }

    /** Counts in one of the slot's counters that belong to the worker. */
    public void count(int counter) {
        putLong(slot + counter, getLong(slot + counter) + 1);
    }

    /** Counts a packet that was carried. */
    public void carried(int octets, long bootNanos) {
        count(SaSlotLayout.PACKETS);
        putLong(slot + SaSlotLayout.OCTETS, getLong(slot + SaSlotLayout.OCTETS) + octets);
        putLong(slot + SaSlotLayout.LAST_USED, bootNanos);
    }
}
