package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sallyport.linux.memory.RawMemory;

class PacketRingTest {
    private record Packet(int length, int note) {}

    @Test
    void lengthAndNoteGoAlongRoundAndRound() {
        try (Arena arena = Arena.ofConfined()) {
            PacketRing ring = new PacketRing(arena);
            long packet = arena.allocate(70_000, 8).address();
            SplittableRandom random = new SplittableRandom(6040);
            ArrayDeque<Packet> waiting = new ArrayDeque<>();
            int taken = 0;
            while (taken < 5000) {
                Packet next = new Packet(random.nextInt(1, 65_536), random.nextInt(256));
                RawMemory.putByte(packet, next.note() ^ 0x55);
                if (ring.offer(packet, next.length(), next.note())) {
                    waiting.add(next);
                    continue;
                }
                for (int i = random.nextInt(1, waiting.size() + 1); i > 0; i--) {
                    long entry = ring.peek();
                    assertThat(new Packet(PacketRing.length(entry), PacketRing.note(entry)))
                            .isEqualTo(waiting.remove());
                    assertThat(RawMemory.getByte(entry + 8)).isEqualTo(PacketRing.note(entry) ^ 0x55);
                    ring.release();
                    taken++;
                }
            }
        }
    }
}
