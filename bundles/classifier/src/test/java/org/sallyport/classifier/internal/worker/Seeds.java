package org.sallyport.classifier.internal.worker;

import java.util.SplittableRandom;

/** Runs a test for one seed after the other: {@code -Dsallyport.classifier.seeds=N} has it run for more. */
final class Seeds {
    private static final int WANTED = Integer.getInteger("sallyport.classifier.seeds", 0);
    private static final long FIRST = Long.getLong("sallyport.classifier.seed", 0);

    /** What holds for every seed. */
    interface Law {
        void hold(SplittableRandom random) throws Exception;
    }

    private Seeds() {}

    /** Returns how many there were. */
    static int each(int usually, Law law) {
        int seeds = WANTED > 0 ? WANTED : usually;
        for (long seed = FIRST; seed < FIRST + seeds; seed++) {
            try {
                law.hold(new SplittableRandom(seed));
            } catch (Exception | AssertionError | InternalError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
        return seeds;
    }
}
