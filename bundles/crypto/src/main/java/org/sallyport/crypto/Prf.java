package org.sallyport.crypto;

import java.util.OptionalInt;
import org.sallyport.api.secret.SecretBytes;

/** A pseudorandom function (RFC 7296 section 2.13) with a key of any length. */
public interface Prf extends Transform {
    /** Returns the output length in octets. */
    int outputLength();

    /** Returns the preferred key length in octets: the length of SK_d, SK_pi and SK_pr (RFC 7296 section 2.14). */
    int keyLength();

    /**
     * Returns how many octets of each nonce key the PRF when SKEYSEED is made, for the two PRFs that RFC 7296 section
     * 2.14 treats apart because their keys once had a fixed length; every other PRF takes both nonces whole.
     */
    default OptionalInt nonceKeyLength() {
        return OptionalInt.empty();
    }

    /**
     * Computes prf(key, data[0] | data[1] | …). The caller owns the result, and wipes it where it is secret.
     *
     * @param key of any length, also empty
     */
    byte[] compute(byte[] key, byte[]... data);

    /** Computes prf(key, data[0] | data[1] | …). The caller closes the result. */
    default SecretBytes prf(SecretBytes key, byte[]... data) {
        return key.use(k -> SecretBytes.owning(compute(k, data)));
    }

    /**
     * Computes the first octets of prf+(key, seed[0] | seed[1] | …) (RFC 7296 section 2.13). The caller closes the
     * result.
     *
     * @param length in octets, at most 255 times the output length
     */
    default SecretBytes prfPlus(SecretBytes key, int length, byte[]... seed) {
        int rounds = Math.ceilDiv(length, outputLength());
        if (length < 0 || rounds > 255) {
            throw new IllegalArgumentException("prf+ yields 0 to " + 255 * outputLength() + " octets, not " + length);
        }
        return key.use(k -> SecretBytes.owning(PrfPlus.expand(this, k, length, rounds, seed)));
    }
}
