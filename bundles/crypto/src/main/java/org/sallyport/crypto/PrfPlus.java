package org.sallyport.crypto;

import java.util.Arrays;

/** T1 | T2 | … of RFC 7296 section 2.13. */
final class PrfPlus {
    private PrfPlus() {}

    static byte[] expand(Prf prf, byte[] key, int length, int rounds, byte[][] seed) {
        byte[] out = new byte[length];
        byte[][] input = new byte[seed.length + 2][];
        System.arraycopy(seed, 0, input, 1, seed.length);
        byte[] block = new byte[0];
        for (int round = 1; round <= rounds; round++) {
            input[0] = block;
            input[seed.length + 1] = new byte[] {(byte) round};
            byte[] next = prf.compute(key, input);
            Arrays.fill(block, (byte) 0);
            block = next;
            int at = (round - 1) * prf.outputLength();
            System.arraycopy(block, 0, out, at, Math.min(block.length, length - at));
        }
        Arrays.fill(block, (byte) 0);
        return out;
    }
}
