package org.sallyport.linux.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class RawMemoryTest {
    private static final int ROOM = 64;
    private static final byte BEFORE = (byte) 0xa5;

    @Test
    void overwritesExactlyWhatItIsToldTo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ROOM, Long.BYTES);
            for (int from = 0; from < 2 * Long.BYTES; from++) {
                for (int length = 0; from + length <= ROOM; length++) {
                    memory.fill(BEFORE);
                    RawMemory.zero(memory.address() + from, length);
                    assertThat(memory.toArray(JAVA_BYTE))
                            .as("%d octets from %d on", length, from)
                            .isEqualTo(expected(from, length));
                }
            }
        }
    }

    private static byte[] expected(int from, int length) {
        byte[] octets = new byte[ROOM];
        for (int i = 0; i < ROOM; i++) {
            octets[i] = i >= from && i < from + length ? 0 : BEFORE;
        }
        return octets;
    }
}
