package org.sallyport.crypto;

/** Names of transforms for people, as the IANA registry of IKEv2 parameters and common usage have them. */
public final class TransformNames {
    private TransformNames() {}

    /** Names a transform; one without a known name is its type and number. */
    public static String of(TransformType type, int id) {
        return switch (type) {
            case ENCR -> encryption(id);
            case PRF -> prf(id);
            case INTEG -> integrity(id);
            case KE -> keyExchange(id);
        };
    }

    private static String encryption(int id) {
        return switch (id) {
            case 3 -> "ENCR_3DES";
            case 11 -> "ENCR_NULL";
            case 12 -> "ENCR_AES_CBC";
            case 13 -> "ENCR_AES_CTR";
            case 14 -> "ENCR_AES_CCM_8";
            case 15 -> "ENCR_AES_CCM_12";
            case 16 -> "ENCR_AES_CCM_16";
            case 18 -> "ENCR_AES_GCM_8";
            case 19 -> "ENCR_AES_GCM_12";
            case 20 -> "ENCR_AES_GCM_16";
            case 21 -> "ENCR_NULL_AUTH_AES_GMAC";
            case 23 -> "ENCR_CAMELLIA_CBC";
            case 28 -> "ENCR_CHACHA20_POLY1305";
            case 30 -> "ENCR_AES_GCM_16_IIV";
            case 31 -> "ENCR_CHACHA20_POLY1305_IIV";
            default -> "ENCR_" + id;
        };
    }

    private static String prf(int id) {
        return switch (id) {
            case 1 -> "PRF_HMAC_MD5";
            case 2 -> "PRF_HMAC_SHA1";
            case 4 -> "PRF_AES128_XCBC";
            case 5 -> "PRF_HMAC_SHA2_256";
            case 6 -> "PRF_HMAC_SHA2_384";
            case 7 -> "PRF_HMAC_SHA2_512";
            case 8 -> "PRF_AES128_CMAC";
            default -> "PRF_" + id;
        };
    }

    private static String integrity(int id) {
        return switch (id) {
            case 0 -> "NONE";
            case 1 -> "AUTH_HMAC_MD5_96";
            case 2 -> "AUTH_HMAC_SHA1_96";
            case 5 -> "AUTH_AES_XCBC_96";
            case 8 -> "AUTH_AES_CMAC_96";
            case 9 -> "AUTH_AES_128_GMAC";
            case 10 -> "AUTH_AES_192_GMAC";
            case 11 -> "AUTH_AES_256_GMAC";
            case 12 -> "AUTH_HMAC_SHA2_256_128";
            case 13 -> "AUTH_HMAC_SHA2_384_192";
            case 14 -> "AUTH_HMAC_SHA2_512_256";
            default -> "AUTH_" + id;
        };
    }

    private static String keyExchange(int id) {
        return switch (id) {
            case 0 -> "NONE";
            case 2 -> "MODP-1024";
            case 5 -> "MODP-1536";
            case 14 -> "MODP-2048";
            case 15 -> "MODP-3072";
            case 16 -> "MODP-4096";
            case 17 -> "MODP-6144";
            case 18 -> "MODP-8192";
            case 19 -> "ECP-256";
            case 20 -> "ECP-384";
            case 21 -> "ECP-521";
            case 27 -> "BRAINPOOL-224";
            case 28 -> "BRAINPOOL-256";
            case 29 -> "BRAINPOOL-384";
            case 30 -> "BRAINPOOL-512";
            case 31 -> "x25519";
            case 32 -> "x448";
            case 35 -> "ML-KEM-512";
            case 36 -> "ML-KEM-768";
            case 37 -> "ML-KEM-1024";
            default -> "KE_" + id;
        };
    }
}
