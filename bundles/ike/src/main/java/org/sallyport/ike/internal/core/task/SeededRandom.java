package org.sallyport.ike.internal.core.task;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import org.sallyport.api.secret.SecretBytes;

/** A stream of SHA-256(seed | counter): as unpredictable as its seed, and the same whenever it is made anew. */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    SeededRandom(SecretBytes seed) {
        super(new Stream(seed), null);
    }

    @Override
    public String getAlgorithm() {
        return "SHA-256 of a seed and a counter";
    }

    private static final class Stream extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        private final transient SecretBytes seed;
        private int counter;

        Stream(SecretBytes seed) {
            this.seed = seed;
        }

        @Override
        protected void engineSetSeed(byte[] ignored) {
            // whoever adds entropy would make another stream of it
        }

        @Override
        protected void engineNextBytes(byte[] target) {
            int done = 0;
            while (done < target.length) {
                byte[] block = block(counter++);
                int count = Math.min(block.length, target.length - done);
                System.arraycopy(block, 0, target, done, count);
                done += count;
            }
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            byte[] octets = new byte[length];
            engineNextBytes(octets);
            return octets;
        }

        private byte[] block(int number) {
            return seed.use(octets -> {
                try {
                    MessageDigest sha = MessageDigest.getInstance("SHA-256");
                    sha.update(octets);
                    for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
                        sha.update((byte) (number >>> shift));
                    }
                    return sha.digest();
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException("every Java has SHA-256", e);
                }
            });
        }
    }
}
