package org.sallyport.ike.internal.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages inputs as a fuzzer does; the same seed does the same. */
final class Mutations {
    private static final int MOST = 6;
    private static final int[] LIMITS = {0, 1, 0x7f, 0x80, 0xfe, 0xff};

    private final SplittableRandom random;
    private final List<byte[]> corpus;

    Mutations(long seed, List<byte[]> corpus) {
        this.random = new SplittableRandom(seed);
        this.corpus = corpus;
    }

    byte[] next() {
        byte[] octets = any().clone();
        for (int i = 1 + random.nextInt(MOST); i > 0; i--) {
            octets = changed(octets);
        }
        return octets;
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] changed(byte[] octets) {
        if (octets.length == 0) {
            return any().clone();
        }
        int at = random.nextInt(octets.length);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(octets, at);
            case 1 -> joined(octets, at, new byte[1 + random.nextInt(8)], octets, at);
            case 2 -> joined(octets, at, new byte[0], octets, at + random.nextInt(octets.length - at));
            case 3 -> spliced(octets, at);
            case 4 -> with(octets, at, LIMITS[random.nextInt(LIMITS.length)]);
            case 5 -> with(octets, at, octets[at] ^ (1 << random.nextInt(8)));
            default -> with(octets, at, random.nextInt(256));
        };
    }

    private byte[] spliced(byte[] octets, int at) {
        byte[] other = any();
        return other.length == 0 ? octets : joined(octets, at, new byte[0], other, random.nextInt(other.length));
    }

    private static byte[] with(byte[] octets, int at, int value) {
        octets[at] = (byte) value;
        return octets;
    }

    private static byte[] joined(byte[] head, int to, byte[] middle, byte[] tail, int from) {
        byte[] all = Arrays.copyOf(head, to + middle.length + tail.length - from);
        System.arraycopy(middle, 0, all, to, middle.length);
        System.arraycopy(tail, from, all, to + middle.length, tail.length - from);
        return all;
    }
}
