package org.sallyport.linux.memory.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sallyport.linux.memory.SaSlot;

class MappedSaMemoryTest {
    private final MappedSaMemory memory = new MappedSaMemory(2048, 300);

    @Test
    void slotsAreDistinctAlignedAndBounded() {
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            SaSlot slot = memory.allocate().orElseThrow();
            assertThat(slot.memory().byteSize()).isEqualTo(2048);
            assertThat(slot.memory().address() % 64).isZero();
            assertThat(addresses.add(slot.memory().address())).isTrue();
            slot.memory().fill((byte) 0x5a);
        }
        assertThat(memory.allocate()).isEmpty();
        assertThat(memory.used()).isEqualTo(300);
    }

    @Test
    void whatIsFreedIsZeroedAndUsedAgain() {
        SaSlot first = memory.allocate().orElseThrow();
        SaSlot second = memory.allocate().orElseThrow();
        first.memory().fill((byte) 0x77);
        memory.free(first);
        assertThat(first.memory().toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(memory.find(first.index())).isEmpty();
        assertThat(memory.inUse()).extracting(SaSlot::index).isEqualTo(List.of(second.index()));
        assertThat(memory.allocate().orElseThrow().index()).isEqualTo(first.index());
        memory.free(second);
        assertThatThrownBy(() -> memory.free(second)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReplacedBundleFindsItsSlotsAgain() {
        SaSlot slot = memory.allocate().orElseThrow();
        slot.memory().set(JAVA_BYTE, 100, (byte) 42);
        assertThat(memory.find(slot.index()).orElseThrow().memory().get(JAVA_BYTE, 100))
                .isEqualTo((byte) 42);
        assertThat(memory.find(-1)).isEmpty();
        assertThat(memory.find(300)).isEmpty();
    }

    @Test
    void holdsTwoHundredThousandSasAndGivesTheirMemoryBack() throws Exception {
        MappedSaMemory many = new MappedSaMemory();
        assertThat(many.capacity()).isGreaterThanOrEqualTo(400_000);
        List<SaSlot> slots = new ArrayList<>();
        long before = residentKilobytes();
        for (int i = 0; i < 400_000; i++) {
            SaSlot slot = many.allocate().orElseThrow();
            slot.memory().set(JAVA_BYTE, 2047, (byte) 1);
            slots.add(slot);
        }
        assertThat(many.allocate().map(SaSlot::index)).contains(400_000);
        assertThat(residentKilobytes() - before).as("with them").isGreaterThan(700_000);
        slots.forEach(many::free);
        assertThat(many.used()).isEqualTo(1);
        assertThat(residentKilobytes() - before).as("without them").isLessThan(200_000);
        assertThat(slots.getLast().memory().toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(many.allocate().map(SaSlot::index)).contains(0);
        many.wipe();
        assertThat(many.used()).isZero();
    }

    private static long residentKilobytes() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Rss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void memoryThatWasGivenBackIsLeftOutOfDumpsWhenItIsUsedAgain() throws Exception {
        List<SaSlot> slots = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            slots.add(memory.allocate().orElseThrow());
        }
        slots.forEach(memory::free);
        for (int i = 0; i < 300; i++) {
            memory.allocate().orElseThrow().memory().fill((byte) 3);
        }
        assertThat(flags(slots.getLast().memory().address())).contains(" dd").contains(" wf");
    }

    @Test
    void theSlotsAreLeftOutOfDumps() throws Exception {
        long address = memory.allocate().orElseThrow().memory().address();
        assertThat(flags(address)).contains(" dd").contains(" wf");
    }

    private static String flags(long address) throws Exception {
        String flags = "";
        boolean within = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("^[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.split(" ", 2)[0].split("-", 2);
                within = Long.parseUnsignedLong(range[0], 16) <= address
                        && address < Long.parseUnsignedLong(range[1], 16);
            } else if (within && line.startsWith("VmFlags:")) {
                flags = line;
            }
        }
        return flags;
    }
}
