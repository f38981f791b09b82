package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.sallyport.classifier.internal.packet.Checksum;
import org.sallyport.linux.memory.RawMemory;

/** The guard sees what it is there to see, also in code that is compiled by then. */
class GuardedMemoryTest {
    private final GuardedMemory memory = new GuardedMemory(Arena.ofAuto());

    @Test
    void readingAndWritingBehindTheEndFails() {
        long address = memory.put(new byte[100]);
        for (int i = 0; i < 30_000; i++) {
            assertThat(Checksum.sum(address, 100, 0)).isZero();
            if (i % 1000 == 0) {
                assertThatThrownBy(() -> Checksum.sum(address, 101, 0)).isInstanceOf(InternalError.class);
                assertThatThrownBy(() -> RawMemory.putByte(address + 100, 1)).isInstanceOf(InternalError.class);
                assertThatThrownBy(() -> RawMemory.copyOut(address, new byte[65_536], 0, 65_536))
                        .isInstanceOf(InternalError.class);
                assertThatThrownBy(() -> RawMemory.netLong(address + 93)).isInstanceOf(InternalError.class);
            }
        }
    }

    @Test
    void writingInFrontIsSeen() {
        long address = memory.put(new byte[100]);
        assertThat(memory.untouchedInFront()).isTrue();
        RawMemory.putByte(address - 1, 1);
        assertThat(memory.untouchedInFront()).isFalse();
        memory.put(new byte[7]);
        assertThat(memory.untouchedInFront()).isTrue();
    }
}
