package org.sallyport.api.sa;

import java.lang.foreign.MemorySegment;
import org.sallyport.api.flow.Selectors;

/**
 * One direction of a pair, as the data plane gets it. Immutable, but for the slot, whose fields have one writer each.
 *
 * @param key SPI and protocol
 * @param direction which way it carries packets
 * @param lineage whose SA it is
 * @param policy the policy under whose entry it stands
 * @param selectors the agreed selectors, ours local, in both directions
 * @param slot {@link SaSlotLayout#SIZE} octets that outlive every bundle but the kernel interface
 */
public record InstalledSa(
        SpiKey key, SaDirection direction, ChildSaId lineage, String policy, Selectors selectors, MemorySegment slot) {}
