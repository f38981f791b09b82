package org.sallyport.ike.internal.core.state;

import java.util.List;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;

/**
 * The algorithms of an IKE SA by IANA transform id; the cipher is an AEAD. Immutable.
 *
 * @param encryption ENCR transform id
 * @param keyBits cipher key length in bits
 * @param prf PRF transform id
 * @param keyExchange key exchange method
 */
public record IkeSuite(int encryption, int keyBits, int prf, int keyExchange) {
    /** Returns it as a proposal of one transform of each type. */
    public Proposal asProposal() {
        return new Proposal(List.of(
                new Transform(TransformType.ENCRYPTION, encryption, keyBits),
                new Transform(TransformType.PRF, prf, 0),
                new Transform(TransformType.KEY_EXCHANGE, keyExchange, 0)));
    }

    @Override
    public String toString() {
        return asProposal().toString();
    }
}
