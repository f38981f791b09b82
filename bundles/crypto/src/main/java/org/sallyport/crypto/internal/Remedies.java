package org.sallyport.crypto.internal;

import java.util.Set;
import org.sallyport.crypto.TransformId;

/** Which provider would bring a transform, in words for an administrator. */
final class Remedies {
    private static final Set<Integer> GCM_KEY_BITS = Set.of(128, 192, 256);

    private Remedies() {}

    static String of(TransformId wanted) {
        return switch (wanted.type()) {
            case KE -> keyExchange(wanted.id());
            case PRF -> prf(wanted.id());
            case ENCR -> encryption(wanted);
            case INTEG -> "no provider of this release brings integrity algorithms; propose an AEAD instead";
        };
    }

    private static String keyExchange(int id) {
        return switch (id) {
            case TransformId.KE_X25519, TransformId.KE_ECP_256, TransformId.KE_ECP_384 ->
                "providers bouncycastle and jdk bring it; start bundle org.sallyport.crypto and its provider components";
            default -> unknown();
        };
    }

    private static String prf(int id) {
        return switch (id) {
            case TransformId.PRF_HMAC_SHA2_256, TransformId.PRF_HMAC_SHA2_384, TransformId.PRF_HMAC_SHA2_512 -> jdk();
            default -> unknown();
        };
    }

    private static String encryption(TransformId wanted) {
        if (wanted.id() != TransformId.ENCR_AES_GCM_16) {
            return unknown();
        }
        return GCM_KEY_BITS.contains(wanted.keyBits()) ? jdk() : "its key length is 128, 192 or 256 bits";
    }

    private static String jdk() {
        return "provider jdk brings it; start bundle org.sallyport.crypto and its provider components";
    }

    private static String unknown() {
        return "no provider of this release brings it; install a bundle that registers a CryptoProvider for it";
    }
}
