package org.sallyport.ike.internal.keys;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.message.Bytes;

/** Derives keys. Pure functions; the caller closes what they return and what it passed. */
public final class KeySchedule {
    private KeySchedule() {}

    /**
     * SKEYSEED of a first IKE SA: prf(Ni | Nr, g^ir) (RFC 7296 section 2.14).
     *
     * @param prf the negotiated PRF
     * @param ni the initiator's nonce
     * @param nr the responder's nonce
     * @param shared what the key exchange yielded
     */
    public static SecretBytes skeyseed(Prf prf, Bytes ni, Bytes nr, SecretBytes shared) {
        byte[] nonces = concat(ni, nr);
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
     * @param aead the negotiated AEAD
     * @param skeyseed see {@link #skeyseed} and {@link #rekeyedSkeyseed}
     * @param ni the initiator's nonce
     * @param nr the responder's nonce
     * @param spiI the initiator's IKE SPI
     * @param spiR the responder's IKE SPI
     */
    public static IkeKeys ikeKeys(Prf prf, Aead aead, SecretBytes skeyseed, Bytes ni, Bytes nr, long spiI, long spiR) {
        int p = prf.keyLength();
        int e = aead.keyMaterialLength();
        byte[] spis = ByteBuffer.allocate(16).putLong(spiI).putLong(spiR).array();
        try (SecretBytes stream = prf.prfPlus(skeyseed, 3 * p + 2 * e, ni.toArray(), nr.toArray(), spis)) {
            int keys = p + 2 * e;
            return new IkeKeys(
                    stream.slice(0, p),
                    stream.slice(p, p + e),
                    stream.slice(p + e, keys),
                    stream.slice(keys, keys + p),
                    stream.slice(keys + p, keys + 2 * p));
        }
    }

    /**
     * Keys of a pair of Child SAs: prf+(SK_d, [g^ir (new) |] Ni | Nr) (RFC 7296 section 2.17).
     *
     * @param prf the PRF of the IKE SA
     * @param aead the AEAD negotiated for the Child SA
     * @param skD SK_d of the IKE SA
     * @param shared what an own key exchange yielded, where the Child SA has one
     * @param ni the nonce of who started the exchange
     * @param nr the nonce of who answered
     */
    public static ChildKeys childKeys(
            Prf prf, Aead aead, SecretBytes skD, Optional<SecretBytes> shared, Bytes ni, Bytes nr) {
        int length = aead.keyMaterialLength();
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

    private static byte[] concat(Bytes first, Bytes second) {
        return ByteBuffer.allocate(first.length() + second.length())
                .put(first.toArray())
                .put(second.toArray())
                .array();
    }
}
