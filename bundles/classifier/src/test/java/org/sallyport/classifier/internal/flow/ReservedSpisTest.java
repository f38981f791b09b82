package org.sallyport.classifier.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReservedSpisTest {
    private final ReservedSpis spis = new ReservedSpis();

    /** Against a set of the JDK's, with few different low bits, so that places are contended. */
    @Test
    void holdsWhatWasAddedAndNotRemoved() {
        Random random = new Random(4303);
        Set<Integer> expected = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            int spi = 256 + (random.nextInt(64) | random.nextInt(64) << 20);
            if (random.nextInt(5) < (i % 20_000 < 10_000 ? 3 : 1)) {
                spis.add(spi);
                expected.add(spi);
            } else {
                assertThat(spis.remove(spi)).isEqualTo(expected.remove(spi));
            }
            int asked = 256 + (random.nextInt(64) | random.nextInt(64) << 20);
            assertThat(spis.contains(asked)).isEqualTo(expected.contains(asked));
        }
        assertThat(expected).allMatch(spis::contains);
    }

    @Test
    void isNotMisledByWhatNobodySendsBy() {
        spis.add(0x1234_5678);
        assertThat(spis.remove(0x1234_5678)).isTrue();
        for (int spi = 0; spi < 256; spi++) {
            assertThat(spis.contains(spi)).as("SPI %d", spi).isFalse();
            assertThat(spis.remove(spi)).as("SPI %d", spi).isFalse();
        }
        assertThat(spis.contains(0x1234_5678)).isFalse();
    }

    @Test
    void findsWhatStaysWhileOthersComeAndGo() {
        spis.add(300);
        CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 100_000; i++) {
                spis.add(1000 + i);
                if (i % 3 > 0) {
                    spis.remove(1000 + i);
                }
            }
        });
        while (!changes.isDone()) {
            assertThat(spis.contains(300)).isTrue();
        }
        changes.join();
    }
}
