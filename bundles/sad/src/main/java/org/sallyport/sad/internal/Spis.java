package org.sallyport.sad.internal;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Draws SPIs at random, so that nobody outside can guess which are in use; those in use at once differ in their low bits,
 * so that a data plane's table has a place for each. Thread safe.
 */
public final class Spis {
    private static final int FEWEST_PLACES = 64;
    /** So often an alike SPI is drawn before the table gets more places: those that are alike share few of them. */
    private static final int TRIES = 64;

    /** So often before one that is not alike will do. */
    private static final int MOST_TRIES = 256;

    /** As many places for each SPI in use at most. */
    private static final int MOST_SPARE = 256;

    /**
     * What an SPI shall have in common with another one.
     *
     * @param other the other one
     * @param modulus by which both, as unsigned numbers, leave the same remainder; 1 for nothing in common
     */
    record Likeness(int other, int modulus) {
        static final Likeness NONE = new Likeness(0, 1);

        private long of(long drawn) {
            return drawn - drawn % modulus + Integer.remainderUnsigned(other, modulus);
        }
    }

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
    public int draw(long first, long last) {
        return draw(first, last, Likeness.NONE);
    }

    /** Draws one that is like another one. */
    synchronized int draw(long first, long last, Likeness likeness) {
        used++;
        if (2 * used > places.length) {
            spread();
        }
        for (int tries = 1; true; tries++) {
            long any = random.nextLong(first, last + 1);
            long drawn = tries > MOST_TRIES ? any : likeness.of(any);
            int spi = (int) drawn;
            if (drawn >= first && drawn <= last && places[place(spi)] == 0) {
                places[place(spi)] = spi;
                return spi;
            }
            if (tries % TRIES == 0 && tries <= MOST_TRIES && places.length < MOST_SPARE * used) {
                spread();
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
