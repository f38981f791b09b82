package org.sallyport.ike.internal.keys;

import java.nio.charset.StandardCharsets;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.Payload;

/** What the AUTH payload proves (RFC 7296 section 2.15). */
public final class AuthOctets {
    private static final byte[] KEY_PAD = "Key Pad for IKEv2".getBytes(StandardCharsets.US_ASCII);

    private AuthOctets() {}

    /**
     * The octets that a side signs: its first message | the other's nonce | prf(SK_px, its ID payload).
     *
     * @param prf the negotiated PRF
     * @param firstMessage the IKE_SA_INIT message of the side that signs, as it was on the wire without a non-ESP marker;
     *     of the initiator the last one, which the responder answered with an SA
     * @param peerNonce the nonce of the other side
     * @param skP SK_pi where the initiator signs, SK_pr where the responder does
     * @param id the ID payload of the side that signs
     */
    public static byte[] signed(
            Prf prf, byte[] firstMessage, Bytes peerNonce, SecretBytes skP, Payload.Identification id) {
        byte[] macedId = skP.use(key -> prf.compute(key, id.body()));
        byte[] nonce = peerNonce.toArray();
        byte[] octets = new byte[firstMessage.length + nonce.length + macedId.length];
        System.arraycopy(firstMessage, 0, octets, 0, firstMessage.length);
        System.arraycopy(nonce, 0, octets, firstMessage.length, nonce.length);
        System.arraycopy(macedId, 0, octets, firstMessage.length + nonce.length, macedId.length);
        return octets;
    }

    /** AUTH data of the shared key method: prf(prf(secret, "Key Pad for IKEv2"), octets). */
    public static Bytes sharedKey(Prf prf, SecretBytes secret, byte[] signedOctets) {
        try (SecretBytes padded = prf.prf(secret, KEY_PAD)) {
            return padded.use(key -> Bytes.of(prf.compute(key, signedOctets)));
        }
    }

    /** Whether a peer's AUTH data proves the shared key, in time that does not depend on the data. */
    public static boolean verifySharedKey(Prf prf, SecretBytes secret, byte[] signedOctets, Bytes authData) {
        try (SecretBytes expected =
                SecretBytes.owning(sharedKey(prf, secret, signedOctets).toArray())) {
            return expected.constantTimeEquals(authData.toArray());
        }
    }
}
