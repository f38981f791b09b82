package org.sallyport.api.authentication;

import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.negotiation.PadEntry;

/**
 * A way to prove an identity in IKE_AUTH (RFC 7296 section 2.15). Registered as a service with the property {@link #NAME};
 * a peer's {@code local-auth} and {@code remote-auth} name it. Thread safe; every call may block for some seconds.
 *
 * <p>A secret or a signature is compared in constant time, keys are wiped after use, and no key is ever put into an
 * exception.
 */
@ConsumerType
public interface AuthenticationMethod {
    /** Service property: the name that peers are configured with. Names that begin with {@code eap-} are EAP methods'. */
    String NAME = "authentication";

    /** The name of the pre-shared key method, which comes with the negotiator. */
    String PSK = "psk";
    /** The name of the method of public keys and certificates. */
    String PUBKEY = "pubkey";

    /**
     * Returns what the peer may be told that we accept of it; a responder tells it before it knows which peer it is.
     *
     * @throws AuthenticationException when what this peer needs cannot be used; it is then announced nothing
     */
    default Announcement announce(PadEntry peer) throws AuthenticationException {
        return Announcement.NOTHING;
    }

    /**
     * Proves our identity.
     *
     * @throws AuthenticationException why that is not possible
     */
    AuthProof prove(ProofRequest request) throws AuthenticationException;

    /**
     * Judges a peer's proof.
     *
     * @return only when it proves the identity
     * @throws AuthenticationException why it does not; the peer hears AUTHENTICATION_FAILED and no more
     */
    Verified verify(Claim claim) throws AuthenticationException;
}
