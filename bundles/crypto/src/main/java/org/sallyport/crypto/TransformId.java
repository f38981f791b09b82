package org.sallyport.crypto;

/**
 * An algorithm as IANA numbers it: transform type, transform id and, where the id leaves it open, the key length.
 *
 * @param type transform type
 * @param id IANA transform id, 0 to 65535
 * @param keyBits key length attribute in bits, 0 for algorithms of a fixed key length
 */
public record TransformId(TransformType type, int id, int keyBits) {
    /** No encryption: integrity alone (RFC 2410). */
    public static final int ENCR_NULL = 11;
    /** AES-CBC (RFC 3602); key lengths 128, 192, 256. Goes with an integrity algorithm. */
    public static final int ENCR_AES_CBC = 12;
    /** AES-CCM with an 8 octet ICV (RFC 4309, RFC 5282); key lengths 128, 192, 256. */
    public static final int ENCR_AES_CCM_8 = 14;
    /** AES-CCM with a 16 octet ICV (RFC 4309, RFC 5282); key lengths 128, 192, 256. */
    public static final int ENCR_AES_CCM_16 = 16;
    /** AES-GCM with a 16 octet ICV (RFC 4106, RFC 5282); key lengths 128, 192, 256. */
    public static final int ENCR_AES_GCM_16 = 20;
    /** AES-GMAC: integrity without encryption, in ESP alone (RFC 4543); key lengths 128, 192, 256. */
    public static final int ENCR_NULL_AUTH_AES_GMAC = 21;
    /** ChaCha20 with Poly1305 (RFC 7634); its key length is fixed and has no attribute. */
    public static final int ENCR_CHACHA20_POLY1305 = 28;
    /** AES-XCBC-PRF-128 (RFC 4434). */
    public static final int PRF_AES128_XCBC = 4;
    /** HMAC-SHA-256 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_256 = 5;
    /** HMAC-SHA-384 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_384 = 6;
    /** HMAC-SHA-512 as a PRF (RFC 4868). */
    public static final int PRF_HMAC_SHA2_512 = 7;
    /** AES-CMAC-PRF-128 (RFC 4615). */
    public static final int PRF_AES128_CMAC = 8;
    /** No integrity algorithm: the encryption algorithm is an AEAD. */
    public static final int AUTH_NONE = 0;
    /** AES-XCBC-MAC-96 (RFC 3566). */
    public static final int AUTH_AES_XCBC_96 = 5;
    /** AES-CMAC-96 (RFC 4494). */
    public static final int AUTH_AES_CMAC_96 = 8;
    /** AES-GMAC with a key of 128 bits (RFC 4543); AH's alone. */
    public static final int AUTH_AES_128_GMAC = 9;
    /** AES-GMAC with a key of 192 bits (RFC 4543); AH's alone. */
    public static final int AUTH_AES_192_GMAC = 10;
    /** AES-GMAC with a key of 256 bits (RFC 4543); AH's alone. */
    public static final int AUTH_AES_256_GMAC = 11;
    /** HMAC-SHA-256-128 (RFC 4868). */
    public static final int AUTH_HMAC_SHA2_256_128 = 12;
    /** HMAC-SHA-384-192 (RFC 4868). */
    public static final int AUTH_HMAC_SHA2_384_192 = 13;
    /** HMAC-SHA-512-256 (RFC 4868). */
    public static final int AUTH_HMAC_SHA2_512_256 = 14;
    /** 2048-bit MODP group (RFC 3526). */
    public static final int KE_MODP_2048 = 14;
    /** 3072-bit MODP group (RFC 3526). */
    public static final int KE_MODP_3072 = 15;
    /** 4096-bit MODP group (RFC 3526). */
    public static final int KE_MODP_4096 = 16;
    /** 256-bit random ECP group, NIST P-256 (RFC 5903). */
    public static final int KE_ECP_256 = 19;
    /** 384-bit random ECP group, NIST P-384 (RFC 5903). */
    public static final int KE_ECP_384 = 20;
    /** 521-bit random ECP group, NIST P-521 (RFC 5903). */
    public static final int KE_ECP_521 = 21;
    /** brainpoolP256r1 (RFC 6954). */
    public static final int KE_BRAINPOOL_256 = 28;
    /** brainpoolP384r1 (RFC 6954). */
    public static final int KE_BRAINPOOL_384 = 29;
    /** brainpoolP512r1 (RFC 6954). */
    public static final int KE_BRAINPOOL_512 = 30;
    /** Curve25519 (RFC 8031). */
    public static final int KE_X25519 = 31;
    /** Curve448 (RFC 8031). */
    public static final int KE_X448 = 32;

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

    /** An integrity algorithm. */
    public static TransformId integrity(int id) {
        return new TransformId(TransformType.INTEG, id, 0);
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
