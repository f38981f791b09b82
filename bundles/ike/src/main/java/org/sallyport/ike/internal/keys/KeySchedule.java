package org.sallyport.ike.internal.keys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Protection;
import org.sallyport.ike.internal.message.Bytes;

/** Derives keys. Pure functions; the caller closes what they return and what it passed. */
public final class KeySchedule {
    private KeySchedule() {}

    /**
     * SKEYSEED of a first IKE SA: prf(Ni | Nr, g^ir), of two PRFs only the first octets of the nonces (RFC 7296 section
     * 2.14).
     *
     * @param prf the negotiated PRF
     * @param ni the initiator's nonce
     * @param nr the responder's nonce
     * @param shared what the key exchange yielded
     */
    public static SecretBytes skeyseed(Prf prf, Bytes ni, Bytes nr, SecretBytes shared) {
        byte[] nonces = concat(first(ni, prf), first(nr, prf));
        return shared.use(secret -> SecretBytes.owning(prf.compute(nonces, secret)));
    }

    /**
     * SKEYSEED of a rekeyed IKE SA: prf(SK_d (old), g^ir (new) | Ni | Nr) (RFC 7296 section 2.18).
     *
     * @param oldPrf the PRF of the old IKE SA
     * @param oldSkD SK_d of the old IKE SA
     * @param shared what the new key exchange yielded
     * @param ni the nonce of who started the rekeying
     * @param nr the nonce of who answered
     */
    public static SecretBytes rekeyedSkeyseed(Prf oldPrf, SecretBytes oldSkD, SecretBytes shared, Bytes ni, Bytes nr) {
        return shared.use(secret -> oldPrf.prf(oldSkD, secret, ni.toArray(), nr.toArray()));
    }

    /**
     * All keys of an IKE SA: prf+(SKEYSEED, Ni | Nr | SPIi | SPIr) (RFC 7296 section 2.14).
     *
     * @param prf the negotiated PRF, the new one when rekeying
     * @param protection the negotiated encryption and integrity
     * @param skeyseed see {@link #skeyseed} and {@link #rekeyedSkeyseed}
     * @param ni the initiator's nonce
     * @param nr the responder's nonce
     * @param spiI the initiator's IKE SPI
     * @param spiR the responder's IKE SPI
     */
    public static IkeKeys ikeKeys(
            Prf prf, Protection protection, SecretBytes skeyseed, Bytes ni, Bytes nr, long spiI, long spiR) {
        int p = prf.keyLength();
        int a = protection.integrityKeyLength();
        int e = protection.keyLength() + protection.saltLength();
        byte[] spis = ByteBuffer.allocate(16).putLong(spiI).putLong(spiR).array();
        int encryption = p + 2 * a;
        int authentication = encryption + 2 * e;
        int end = authentication + 2 * p;
        try (SecretBytes stream = prf.prfPlus(skeyseed, end, ni.toArray(), nr.toArray(), spis)) {
            return new IkeKeys(
                    stream.slice(0, p),
                    stream.slice(p, p + a),
                    stream.slice(p + a, encryption),
                    stream.slice(encryption, encryption + e),
                    stream.slice(encryption + e, authentication),
                    stream.slice(authentication, authentication + p),
                    stream.slice(authentication + p, end));
        }
    }

    /**
     * Keys of a pair of Child SAs: prf+(SK_d, [g^ir (new) |] Ni | Nr), for each direction the encryption key with its salt
     * and then the integrity key (RFC 7296 section 2.17).
     *
     * @param prf the PRF of the IKE SA
     * @param lengths of what was negotiated for the Child SA
     * @param skD SK_d of the IKE SA
     * @param shared what an own key exchange yielded, where the Child SA has one
     * @param ni the nonce of who started the exchange
     * @param nr the nonce of who answered
     */
    public static ChildKeys childKeys(
            Prf prf, KeyLengths lengths, SecretBytes skD, Optional<SecretBytes> shared, Bytes ni, Bytes nr) {
        int length = lengths.total();
        try (SecretBytes stream = keymat(prf, 2 * length, skD, shared, ni, nr)) {
            return new ChildKeys(stream.slice(0, length), stream.slice(length, 2 * length));
        }
    }

    private static SecretBytes keymat(
            Prf prf, int length, SecretBytes skD, Optional<SecretBytes> shared, Bytes ni, Bytes nr) {
        byte[] i = ni.toArray();
        byte[] r = nr.toArray();
        if (shared.isEmpty()) {
            return prf.prfPlus(skD, length, i, r);
        }
        return shared.get().use(secret -> prf.prfPlus(skD, length, secret, i, r));
    }

    private static byte[] first(Bytes nonce, Prf prf) {
        int length = Math.min(nonce.length(), prf.nonceKeyLength().orElse(nonce.length()));
        return Arrays.copyOf(nonce.toArray(), length);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
