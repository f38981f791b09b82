package org.sallyport.spd.oracle;

import java.util.function.LongConsumer;

/** How often and from where. */
public final class Trials {
    private static final int TRIES = Integer.getInteger("sallyport.oracle.tries", 0);
    private static final long SEED = Long.getLong("sallyport.oracle.seed", 4301);

    private Trials() {}

    /**
     * Runs a trial with seed after seed.
     *
     * @param usual how many of them when "sallyport.oracle.tries" says nothing; a failing one says its seed, which
     *     "sallyport.oracle.seed" starts with
     */
    public static void run(int usual, LongConsumer trial) {
        long tries = TRIES > 0 ? TRIES : usual;
        for (long seed = SEED; seed < SEED + tries; seed++) {
            trial.accept(seed);
        }
    }
}
