package org.sallyport.ike.internal.keys;

import org.sallyport.api.secret.SecretBytes;

/**
 * The keys of a pair of Child SAs (RFC 7296 section 2.17): key and salt for each direction. Initiator is who started the
 * exchange that made them, which need not be the original initiator of the IKE SA.
 *
 * @param initiatorToResponder protects what the initiator of the exchange sends
 * @param responderToInitiator protects what the responder of the exchange sends
 */
public record ChildKeys(SecretBytes initiatorToResponder, SecretBytes responderToInitiator) implements AutoCloseable {
    /** Wipes both keys. */
    @Override
    public void close() {
        initiatorToResponder.close();
        responderToInitiator.close();
    }
}
