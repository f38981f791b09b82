package org.sallyport.classifier.internal;

import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.memory.SaMemory;
import org.sallyport.linux.memory.SaSlot;

/** Compares the slots that carry traffic with what was installed here: has a new data plane been given everything yet? */
final class SlotCensus {
    private final SaMemory memory;
    private final SpiTable inbound;
    private final OutboundTable outbound;

    SlotCensus(SaMemory memory, SpiTable inbound, OutboundTable outbound) {
        this.memory = memory;
        this.inbound = inbound;
        this.outbound = outbound;
    }

    /** Tells whether every slot that carries traffic is known here. */
    boolean complete() {
        return memory.inUse().stream().allMatch(this::known);
    }

    private boolean known(SaSlot slot) {
        long address = slot.memory().address();
        int state = RawMemory.getIntAcquire(address + SaSlotLayout.STATE);
        boolean out = RawMemory.getInt(address + SaSlotLayout.DIRECTION) == 1;
        if (out) {
            return state != SaSlotLayout.STATE_ACTIVE || hasOutbound(address);
        }
        boolean receives = state == SaSlotLayout.STATE_INSTALLED
                || state == SaSlotLayout.STATE_ACTIVE
                || state == SaSlotLayout.STATE_RETIRED;
        return !receives || hasInbound(address);
    }

    private boolean hasInbound(long address) {
        InboundSa sa = inbound.find(RawMemory.getInt(address + SaSlotLayout.SPI));
        return sa != null && sa.slot() == address;
    }

    private boolean hasOutbound(long address) {
        for (OutboundSa sa : outbound.all()) {
            if (sa.slot() == address) {
                return true;
            }
        }
        return false;
    }
}
