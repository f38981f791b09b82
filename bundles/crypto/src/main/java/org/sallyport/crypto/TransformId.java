package org.sallyport.crypto;

/**
 * An algorithm as IANA numbers it: transform type, transform id and, where the id leaves it open, the key length.
 *
 * @param type transform type
 * @param id IANA transform id, 0 to 65535
 * @param keyBits key length attribute in bits, 0 for algorithms of a fixed key length
 */
public record TransformId(TransformType type, int id, int keyBits) {
    /** AES-GCM with a 16 octet ICV (RFC 4106, RFC 5282); key lengths 128, 192, 256. */
    public static final int ENCR_AES_GCM_16 = 20;
    /** HMAC-SHA-256 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_256 = 5;
    /** HMAC-SHA-384 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_384 = 6;
    /** HMAC-SHA-512 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_512 = 7;
    /** 256-bit random ECP group, NIST P-256 (RFC 5903). */
    public static final int KE_ECP_256 = 19;
    /** 384-bit random ECP group, NIST P-384 (RFC 5903). */
    public static final int KE_ECP_384 = 20;
    /** Curve25519 (RFC 8031). */
    public static final int KE_X25519 = 31;

    /** Checks the ranges. */
    public TransformId {
        if (id < 0 || id > 0xffff) {
            throw new IllegalArgumentException("transform id " + id + " is not between 0 and 65535");
        }
        if (keyBits < 0 || keyBits > 0xffff) {
            throw new IllegalArgumentException("key length " + keyBits + " is not between 0 and 65535 bits");
        }
    }

    /** An encryption algorithm with a key length in bits. */
    public static TransformId encr(int id, int keyBits) {
        return new TransformId(TransformType.ENCR, id, keyBits);
    }

    /** A pseudorandom function. */
    public static TransformId prf(int id) {
        return new TransformId(TransformType.PRF, id, 0);
    }

    /** A key exchange method. */
    public static TransformId keyExchange(int id) {
        return new TransformId(TransformType.KE, id, 0);
    }

    /** Returns the name IANA gives it, with the key length where there is one. */
    @Override
    public String toString() {
        String name = TransformNames.of(type, id);
        return keyBits == 0 ? name : name + "-" + keyBits;
    }
}
