package org.sallyport.sad.internal;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.SaMemory;
import org.sallyport.linux.memory.SaSlot;

/** Slots from an arena; complains about what is freed twice, and leaves the wiping to the SAD. */
final class FakeMemory implements SaMemory {
    private final Map<Integer, SaSlot> slots = new HashMap<>();
    private final BitSet used = new BitSet();
    private final int capacity;

    FakeMemory(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public int slotSize() {
        return SaSlotLayout.SIZE;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public synchronized int used() {
        return used.cardinality();
    }

    @Override
    public synchronized Optional<SaSlot> allocate() {
        int index = used.nextClearBit(0);
        if (index >= capacity) {
            return Optional.empty();
        }
        used.set(index);
        SaSlot slot =
                slots.computeIfAbsent(index, i -> new SaSlot(i, Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64)));
        return Optional.of(slot);
    }

    @Override
    public synchronized Optional<SaSlot> find(int index) {
        return used.get(index) ? Optional.ofNullable(slots.get(index)) : Optional.empty();
    }

    @Override
    public synchronized List<SaSlot> inUse() {
        return used.stream().mapToObj(this::find).flatMap(Optional::stream).toList();
    }

    @Override
    public synchronized void free(SaSlot slot) {
        if (!used.get(slot.index())) {
            throw new IllegalStateException(slot + " is not in use");
        }
        used.clear(slot.index());
    }
}
