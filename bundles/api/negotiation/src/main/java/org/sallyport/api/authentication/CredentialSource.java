package org.sallyport.api.authentication;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.secret.SecretBytes;

/**
 * A place where keys, certificates and passwords are kept: files, a token, a directory. Registered as a service; of several
 * sources, the one of the highest service ranking that has what is asked for is believed. Thread safe; every call may
 * block for some seconds. What changes is to be seen by the next call.
 */
@ConsumerType
public interface CredentialSource {
    /**
     * Finds the key by which we prove ourselves to a peer.
     *
     * @throws AuthenticationException when there is one that cannot be used, and why
     */
    default Optional<OwnKey> ownKey(PadEntry peer) throws AuthenticationException {
        return Optional.empty();
    }

    /**
     * Finds what a peer's public key is judged by.
     *
     * @throws AuthenticationException when there is something that cannot be used, and why
     */
    default Optional<Trust> trust(PadEntry peer) throws AuthenticationException {
        return Optional.empty();
    }

    /**
     * Finds a password for an EAP method.
     *
     * @param user whose: as it came from the peer, so not to be trusted; our own name where the password is ours
     * @return closed by the caller
     * @throws AuthenticationException when there is one that cannot be used, and why
     */
    default Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
        return Optional.empty();
    }
}
