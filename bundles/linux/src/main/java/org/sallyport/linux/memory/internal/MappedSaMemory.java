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
 * Maps slots in chunks as they are needed, so that a bound for many SAs costs nothing while there are few. A chunk whose
 * last slot was given back gives its memory back too, wiped, but is never unmapped: a worker of a bundle that stops late
 * would otherwise take the whole process down. When the component goes, the slots are wiped as well.
 */
@Component(immediate = true)
public final class MappedSaMemory implements SaMemory {
    private static final Logger LOG = LoggerFactory.getLogger(MappedSaMemory.class);
    /** Of addresses, not of memory; how many SAs there may be is for the SAD to say. */
    private static final int DEFAULT_CAPACITY = 2_000_000;

    private static final int SLOTS_PER_CHUNK = 128;

    private final int slotSize;
    private final int capacity;
    private final BitSet used = new BitSet();
    private final List<Chunk> chunks = new ArrayList<>();
    private int count;
    private int firstFree;
    private boolean lockRefused;

    /** So many slots in one mapping. */
    private static final class Chunk {
        private final MemorySegment memory;
        private int used;

        private Chunk(MemorySegment memory) {
            this.memory = memory;
        }
    }

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
        for (Chunk chunk : chunks) {
            chunk.memory.fill((byte) 0);
            giveBack(chunk);
            chunk.used = 0;
        }
        used.clear();
        count = 0;
        firstFree = 0;
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
        return count;
    }

    @Override
    public synchronized Optional<SaSlot> allocate() {
        int index = used.nextClearBit(firstFree);
        if (index >= capacity) {
            return Optional.empty();
        }
        if (index / SLOTS_PER_CHUNK == chunks.size()) {
            chunks.add(new Chunk(map()));
        }
        Chunk chunk = chunks.get(index / SLOTS_PER_CHUNK);
        if (chunk.used == 0) {
            lock(chunk.memory);
        }
        chunk.used++;
        count++;
        firstFree = index + 1;
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
        int index = slot.index();
        if (!used.get(index)) {
            throw new IllegalStateException(slot + " is not in use");
        }
        slot(index).memory().fill((byte) 0);
        used.clear(index);
        count--;
        firstFree = Math.min(firstFree, index);
        Chunk chunk = chunks.get(index / SLOTS_PER_CHUNK);
        // The first chunk stays, so that a single SA that comes and goes costs no system calls.
        if (--chunk.used == 0 && index >= SLOTS_PER_CHUNK) {
            giveBack(chunk);
        }
    }

    private SaSlot slot(int index) {
        long offset = (long) (index % SLOTS_PER_CHUNK) * slotSize;
        return new SaSlot(index, chunks.get(index / SLOTS_PER_CHUNK).memory.asSlice(offset, slotSize));
    }

    private MemorySegment map() {
        long bytes = (long) SLOTS_PER_CHUNK * slotSize;
        long address = MemoryCalls.map(bytes);
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
        advise(memory, MemoryCalls.MADV_DONTDUMP, "core dumps may hold SA keys");
        advise(memory, MemoryCalls.MADV_WIPEONFORK, "a forked process inherits SA keys");
        return memory;
    }

    private static void giveBack(Chunk chunk) {
        // What is locked cannot be given back; what never was, need not be unlocked.
        int result = MemoryCalls.unlock(chunk.memory.address(), chunk.memory.byteSize());
        if (result < 0) {
            LOG.warn("munlock: {}", ErrnoNames.describe(-result));
        }
        advise(
                chunk.memory,
                MemoryCalls.MADV_DONTNEED,
                "the memory of SAs that are gone stays with the process, wiped");
    }

    private static void advise(MemorySegment memory, int advice, String consequence) {
        int result = MemoryCalls.advise(memory.address(), memory.byteSize(), advice);
        if (result < 0) {
            LOG.warn("madvise({}): {}; {}", advice, ErrnoNames.describe(-result), consequence);
        }
    }

    private void lock(MemorySegment memory) {
        int result = MemoryCalls.lock(memory.address(), memory.byteSize());
        if (result < 0 && !lockRefused) {
            lockRefused = true;
            LOG.warn(
                    "mlock: {}; SA keys may be swapped out. Raise the limit on locked memory (LimitMEMLOCK=infinity)"
                            + " or switch swap off",
                    ErrnoNames.describe(-result));
        }
    }
}
