package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.linux.memory.SaMemory;
import org.sallyport.linux.memory.SaSlot;

/**
 * Takes slots and gives them back, wiped. A data plane that was unbound a moment ago may still have workers that run to
 * their end, and one that failed to confirm may still hold a reference: their slots wait before they are wiped, since a
 * key wiped under a worker's hands would be a known key.
 */
final class Slots {
    static final Duration QUARANTINE = Duration.ofSeconds(3);

    private final SaMemory memory;
    private final Timers timers;
    private final Set<Side> waiting = ConcurrentHashMap.newKeySet();
    private volatile long quarantineEnds = Long.MIN_VALUE;

    Slots(SaMemory memory, Timers timers) {
        this.memory = memory;
        this.timers = timers;
        if (memory.slotSize() < SaSlotLayout.SIZE) {
            throw new IllegalStateException("slots of " + memory.slotSize() + " octets are too small for layout "
                    + SaSlotLayout.LAYOUT_VERSION + " of " + SaSlotLayout.SIZE);
        }
    }

    /** Takes an empty slot for one direction. */
    Side allocate(SpiKey key, SaDirection direction, SaSpec spec) throws SaRefusedException {
        SaSlot slot = memory.allocate()
                .orElseThrow(() -> new SaRefusedException(
                        Reason.of(ReasonCode.LIMIT_REACHED, "the number of security associations", memory.capacity())));
        InstalledSa sa =
                new InstalledSa(key, direction, spec.lineage(), spec.policy(), spec.selectors(), slot.memory());
        return new Side(sa, slot);
    }

    /** From now on slots that are given back wait: a data plane went. */
    void quarantine() {
        quarantineEnds = timers.now() + QUARANTINE.toNanos();
    }

    /**
     * Gives a slot back.
     *
     * @param confirmed whether every data plane has said that no worker refers to it
     */
    void release(Side side, boolean confirmed) {
        if (confirmed && timers.now() >= quarantineEnds) {
            wipe(side);
        } else {
            waiting.add(side);
            timers.after(QUARANTINE, () -> wipeWaiting(side));
        }
    }

    /** Wipes what still waits: nobody will come back for it. */
    void close() {
        List.copyOf(waiting).forEach(this::wipeWaiting);
    }

    private void wipeWaiting(Side side) {
        if (waiting.remove(side)) {
            wipe(side);
        }
    }

    private void wipe(Side side) {
        side.memory().fill((byte) 0);
        memory.free(side.slot());
    }
}
