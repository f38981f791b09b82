package org.sallyport.ike.internal.keys;

import org.sallyport.api.secret.SecretBytes;

/**
 * The keys of an IKE SA (RFC 7296 section 2.14). With an AEAD SK_ai and SK_ar are empty (RFC 5282 section 7), and SK_ei and
 * SK_er carry the salt at their end.
 *
 * @param skD keys of Child SAs and of successors derive from it
 * @param skAi authenticates what the original initiator sends
 * @param skAr authenticates what the original responder sends
 * @param skEi protects what the original initiator sends
 * @param skEr protects what the original responder sends
 * @param skPi goes into the initiator's AUTH
 * @param skPr goes into the responder's AUTH
 */
public record IkeKeys(
        SecretBytes skD,
        SecretBytes skAi,
        SecretBytes skAr,
        SecretBytes skEi,
        SecretBytes skEr,
        SecretBytes skPi,
        SecretBytes skPr)
        implements AutoCloseable {
    /** Returns the keys that protect one direction; they stay ours. */
    public DirectionKeys direction(boolean fromInitiator) {
        return fromInitiator ? new DirectionKeys(skEi, skAi) : new DirectionKeys(skEr, skAr);
    }

    /** Returns the key that goes into one side's AUTH. */
    public SecretBytes authentication(boolean ofInitiator) {
        return ofInitiator ? skPi : skPr;
    }

    /** Wipes all keys. */
    @Override
    public void close() {
        skD.close();
        skAi.close();
        skAr.close();
        skEi.close();
        skEr.close();
        skPi.close();
        skPr.close();
    }
}
