package org.sallyport.linux.memory.internal;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.internal.MemoryCalls;
import org.sallyport.linux.memory.SaMemory;
import org.sallyport.linux.memory.SaSlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps slots in chunks as they are needed. A chunk is never unmapped: a worker of a bundle that stops late would
 * otherwise take the whole process down; when the component goes, the slots are wiped instead.
 */
@Component(immediate = true)
public final class MappedSaMemory implements SaMemory {
    private static final Logger LOG = LoggerFactory.getLogger(MappedSaMemory.class);
    private static final int DEFAULT_CAPACITY = 16_384;
    private static final int SLOTS_PER_CHUNK = 128;

    private final int slotSize;
    private final int capacity;
    private final BitSet used = new BitSet();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private boolean lockRefused;

    @Activate
    public MappedSaMemory() {
        this(SaSlotLayout.SIZE, DEFAULT_CAPACITY);
    }

    MappedSaMemory(int slotSize, int capacity) {
        this.slotSize = slotSize;
        this.capacity = capacity;
    }

    /** Wipes every slot. */
    @Deactivate
    public synchronized void wipe() {
        chunks.forEach(chunk -> chunk.fill((byte) 0));
        used.clear();
    }

    @Override
    public int slotSize() {
        return slotSize;
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
        if (index / SLOTS_PER_CHUNK == chunks.size()) {
            chunks.add(mapChunk());
        }
        used.set(index);
        return Optional.of(slot(index));
    }

    @Override
    public synchronized Optional<SaSlot> find(int index) {
        return index >= 0 && used.get(index) ? Optional.of(slot(index)) : Optional.empty();
    }

    @Override
    public synchronized List<SaSlot> inUse() {
        return used.stream().mapToObj(this::slot).toList();
    }

    @Override
    public synchronized void free(SaSlot slot) {
        if (!used.get(slot.index())) {
            throw new IllegalStateException(slot + " is not in use");
        }
        slot(slot.index()).memory().fill((byte) 0);
        used.clear(slot.index());
    }

    private SaSlot slot(int index) {
        long offset = (long) (index % SLOTS_PER_CHUNK) * slotSize;
        return new SaSlot(index, chunks.get(index / SLOTS_PER_CHUNK).asSlice(offset, slotSize));
    }

    private MemorySegment mapChunk() {
        long bytes = (long) SLOTS_PER_CHUNK * slotSize;
        long address = MemoryCalls.map(bytes);
        advise(address, bytes, MemoryCalls.MADV_DONTDUMP, "core dumps may hold SA keys");
        advise(address, bytes, MemoryCalls.MADV_WIPEONFORK, "a forked process inherits SA keys");
        lock(address, bytes);
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    private static void advise(long address, long bytes, int advice, String consequence) {
        int result = MemoryCalls.advise(address, bytes, advice);
        if (result < 0) {
            LOG.warn("madvise({}): {}; {}", advice, ErrnoNames.describe(-result), consequence);
        }
    }

    private void lock(long address, long bytes) {
        int result = MemoryCalls.lock(address, bytes);
        if (result < 0 && !lockRefused) {
            lockRefused = true;
            LOG.warn(
                    "mlock: {}; SA keys may be swapped out. Raise the limit on locked memory (LimitMEMLOCK=infinity)"
                            + " or switch swap off",
                    ErrnoNames.describe(-result));
        }
    }
}
