package org.sallyport.ike.internal.core.state;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.keys.KeyLengths;

/**
 * The algorithms of a Child SA. Immutable.
 *
 * @param sa what protects packets
 * @param keyExchange key exchange method of its own, 0 for none
 */
public record ChildSuite(SaSuite sa, int keyExchange) {
    /** Returns it as a proposal of one transform of each type. */
    public Proposal asProposal() {
        List<Transform> transforms = new ArrayList<>();
        if (protocol() == IpsecProtocol.ESP) {
            transforms.add(new Transform(TransformType.ENCRYPTION, sa.encryption(), sa.keyBits()));
        }
        if (sa.integrity() != 0) {
            transforms.add(new Transform(TransformType.INTEGRITY, sa.integrity(), 0));
        }
        if (keyExchange != 0) {
            transforms.add(new Transform(TransformType.KEY_EXCHANGE, keyExchange, 0));
        }
        transforms.add(new Transform(TransformType.SEQUENCE_NUMBERS, sa.extendedSequenceNumbers() ? 1 : 0, 0));
        return new Proposal(transforms);
    }

    /** Returns what protects packets. */
    public IpsecProtocol protocol() {
        return sa.protocol();
    }

    /** Returns how much key material it takes. */
    public KeyLengths keyLengths(CryptoRegistry crypto) throws UnavailableTransformException {
        return switch (protocol()) {
            case ESP -> KeyLengths.of(Protection.of(crypto, sa.encryption(), sa.keyBits(), sa.integrity()));
            case AH -> new KeyLengths(0, 0, crypto.integrity(sa.integrity()).keyLength());
        };
    }

    @Override
    public String toString() {
        return asProposal().toString();
    }
}
