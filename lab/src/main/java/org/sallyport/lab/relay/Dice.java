package org.sallyport.lab.relay;

import java.util.SplittableRandom;

/**
 * What chance does to a packet: a pure function of the seed, the direction and the packet's index, so that the same seed
 * hits the same packets whatever their timing is.
 *
 * @param seed what all decisions follow from
 */
public record Dice(long seed) {
    private static final long FOR_OUTBOUND = 0x9E3779B97F4A7C15L;
    private static final long FOR_INBOUND = 0xBF58476D1CE4E5B9L;
    private static final long PER_PACKET = 0xD1B54A32D192ED03L;

    /**
     * Four throws, each evenly distributed in [0, 1).
     *
     * @param loss compared with the probability of loss; the others likewise
     */
    public record Throw(double loss, double duplication, double reordering, double jitter) {}

    /** The throw for one packet. */
    public Throw roll(Direction direction, long index) {
        long salt =
                switch (direction) {
                    case OUTBOUND -> FOR_OUTBOUND;
                    case INBOUND -> FOR_INBOUND;
                };
        SplittableRandom random = new SplittableRandom((seed + salt) ^ (index * PER_PACKET));
        return new Throw(random.nextDouble(), random.nextDouble(), random.nextDouble(), random.nextDouble());
    }
}
