package org.sallyport.ike.internal.core.state;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.UnavailableTransformException;

/**
 * The algorithms of an IKE SA by IANA transform id. Immutable.
 *
 * @param encryption ENCR transform id
 * @param keyBits the cipher's key length attribute in bits, 0 for none
 * @param integrity INTEG transform id, 0 with an AEAD
 * @param prf PRF transform id
 * @param keyExchange key exchange method
 */
public record IkeSuite(int encryption, int keyBits, int integrity, int prf, int keyExchange) {
    /** Returns it as a proposal of one transform of each type. */
    public Proposal asProposal() {
        List<Transform> transforms = new ArrayList<>();
        transforms.add(new Transform(TransformType.ENCRYPTION, encryption, keyBits));
        if (integrity != 0) {
            transforms.add(new Transform(TransformType.INTEGRITY, integrity, 0));
        }
        transforms.add(new Transform(TransformType.PRF, prf, 0));
        transforms.add(new Transform(TransformType.KEY_EXCHANGE, keyExchange, 0));
        return new Proposal(transforms);
    }

    /** Returns what protects SK payloads. */
    public Protection protection(CryptoRegistry crypto) throws UnavailableTransformException {
        return Protection.of(crypto, encryption, keyBits, integrity);
    }

    @Override
    public String toString() {
        return asProposal().toString();
    }
}
