package org.sallyport.crypto.internal;

import java.util.Set;
import org.sallyport.crypto.TransformId;

/** Which provider would bring a transform, in words for an administrator. */
final class Remedies {
    private static final Set<Integer> AES_KEY_BITS = Set.of(128, 192, 256);

    private Remedies() {}

    static String of(TransformId wanted) {
        return switch (wanted.type()) {
            case KE -> keyExchange(wanted.id());
            case PRF -> prf(wanted.id());
            case ENCR -> encryption(wanted);
            case INTEG -> integrity(wanted.id());
        };
    }

    private static String keyExchange(int id) {
        return switch (id) {
            case TransformId.KE_X25519,
                    TransformId.KE_X448,
                    TransformId.KE_ECP_256,
                    TransformId.KE_ECP_384,
                    TransformId.KE_ECP_521 -> start("providers bouncycastle and jdk bring it");
            case TransformId.KE_MODP_2048,
                    TransformId.KE_MODP_3072,
                    TransformId.KE_MODP_4096,
                    TransformId.KE_BRAINPOOL_256,
                    TransformId.KE_BRAINPOOL_384,
                    TransformId.KE_BRAINPOOL_512 -> start("provider bouncycastle brings it");
            case 1, 2, 5, 22, 23, 24 -> forbidden("8247");
            default -> unknown();
        };
    }

    private static String prf(int id) {
        return switch (id) {
            case TransformId.PRF_HMAC_SHA2_256,
                    TransformId.PRF_HMAC_SHA2_384,
                    TransformId.PRF_HMAC_SHA2_512,
                    TransformId.PRF_AES128_CMAC,
                    TransformId.PRF_AES128_XCBC -> jdk();
            case 1, 3 -> forbidden("8247");
            case 2 -> sha1();
            default -> unknown();
        };
    }

    private static String integrity(int id) {
        return switch (id) {
            case TransformId.AUTH_HMAC_SHA2_256_128,
                    TransformId.AUTH_HMAC_SHA2_384_192,
                    TransformId.AUTH_HMAC_SHA2_512_256,
                    TransformId.AUTH_AES_CMAC_96,
                    TransformId.AUTH_AES_XCBC_96 -> jdk();
            case 1, 3, 4 -> forbidden("8247");
            case 2 -> sha1();
            default -> unknown();
        };
    }

    private static String encryption(TransformId wanted) {
        return switch (wanted.id()) {
            case TransformId.ENCR_AES_GCM_16,
                    TransformId.ENCR_AES_CCM_8,
                    TransformId.ENCR_AES_CCM_16,
                    TransformId.ENCR_AES_CBC ->
                AES_KEY_BITS.contains(wanted.keyBits()) ? jdk() : "its key length is 128, 192 or 256 bits";
            case TransformId.ENCR_CHACHA20_POLY1305, TransformId.ENCR_NULL ->
                wanted.keyBits() == 0 ? jdk() : "its key length is fixed and has no attribute";
            case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> forbidden("8221");
            default -> unknown();
        };
    }

    private static String jdk() {
        return start("provider jdk brings it");
    }

    private static String start(String who) {
        return who + "; start bundle org.sallyport.crypto and its provider components";
    }

    private static String forbidden(String rfc) {
        return "it is too weak (RFC " + rfc + ") and not shipped; propose another";
    }

    private static String sha1() {
        return "SHA-1 is on its way out (RFC 8247) and not shipped; propose SHA-2 instead";
    }

    private static String unknown() {
        return "no provider of this release brings it; install a bundle that registers a CryptoProvider for it";
    }
}
