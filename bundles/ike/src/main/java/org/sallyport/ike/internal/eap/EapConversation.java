package org.sallyport.ike.internal.eap;

import java.util.Optional;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.secret.SecretBytes;

/** One side of an EAP conversation in whole EAP messages. Used by one thread at a time. */
public interface EapConversation extends AutoCloseable {
    /**
     * What comes next.
     *
     * @param message to send; none where there is nothing to say
     * @param done whether the conversation has ended well on this side
     * @param user who a server was convinced of; on the side of the peer, our name
     * @param key what both sides share now (MSK), once it is done and where the method yields one
     */
    record Turn(Octets message, boolean done, String user, Optional<SecretBytes> key) implements AutoCloseable {
        @Override
        public void close() {
            key.ifPresent(SecretBytes::close);
        }
    }

    /** Returns a server's first request. */
    Turn first() throws AuthenticationException;

    /**
     * Takes a message of the other side.
     *
     * @throws AuthenticationException when the other side did not prove itself, or broke the rules
     */
    Turn next(Octets message) throws AuthenticationException;

    @Override
    void close();
}
