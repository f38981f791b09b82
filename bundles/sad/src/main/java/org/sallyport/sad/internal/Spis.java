package org.sallyport.sad.internal;

import java.security.SecureRandom;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** Draws SPIs at random, so that nobody outside can guess which are in use. Thread safe. */
final class Spis {
    private final RandomGenerator random;

    Spis() {
        this(new SecureRandom());
    }

    Spis(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Draws until one is taken. The range holds twice as many SPIs as there may be pairs, so this ends soon.
     *
     * @param take takes an SPI, and tells whether it was free
     */
    int draw(SadSettings settings, IntPredicate take) {
        while (true) {
            int spi = (int) random.nextLong(settings.spiFirst(), settings.spiLast() + 1);
            if (take.test(spi)) {
                return spi;
            }
        }
    }
}
