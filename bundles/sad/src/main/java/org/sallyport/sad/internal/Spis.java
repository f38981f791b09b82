package org.sallyport.sad.internal;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Draws SPIs at random, so that nobody outside can guess which are in use; those in use at once differ in their low bits,
 * so that a data plane's table has a place for each. Thread safe.
 */
public final class Spis {
    private static final int FEWEST_PLACES = 64;

    private final RandomGenerator random;
    /** What is in use, by its low bits; at least twice as many places as SPIs in use. */
    private int[] places = new int[FEWEST_PLACES];

    private int used;

    Spis() {
        this(new SecureRandom());
    }

    public Spis(RandomGenerator random) {
        this.random = random;
    }

    /** Draws one that is not in use. The range holds twice as many SPIs as may be in use, so this ends soon. */
    public synchronized int draw(long first, long last) {
        used++;
        if (2 * used > places.length) {
            spread();
        }
        while (true) {
            int spi = (int) random.nextLong(first, last + 1);
            if (places[place(spi)] == 0) {
                places[place(spi)] = spi;
                return spi;
            }
        }
    }

    /** An SPI is in use no longer. */
    synchronized void release(int spi) {
        if (places[place(spi)] == spi) {
            places[place(spi)] = 0;
            used--;
        }
    }

    private void spread() {
        int[] before = places;
        places = new int[2 * before.length];
        for (int spi : before) {
            if (spi != 0) {
                places[place(spi)] = spi;
            }
        }
    }

    private int place(int spi) {
        return spi & (places.length - 1);
    }
}
