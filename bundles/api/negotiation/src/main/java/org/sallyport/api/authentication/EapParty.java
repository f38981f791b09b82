package org.sallyport.api.authentication;

import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.secret.SecretBytes;

/** One side of one conversation by an EAP method. Used by one thread at a time. */
@ConsumerType
public interface EapParty extends AutoCloseable {
    /**
     * What a party does next.
     *
     * @param state how far it is
     * @param data at most 32768 octets; what to send after the type octet; a server that is done sends none
     */
    record Step(State state, Octets data) {
        private static final int LONGEST = 32768;

        public Step {
            Objects.requireNonNull(state, "state");
            if (data.length() > LONGEST) {
                throw new IllegalArgumentException("an EAP message has at most " + LONGEST + " octets of a method");
            }
        }

        /** How far a party is. */
        public enum State {
            /** It has something to send, and expects more. */
            GOING_ON,
            /** The other side has proven itself as far as the method has it; a peer still sends its data. */
            DONE
        }
    }

    /** Returns the first request of a server; a peer is never asked. */
    default Step first() throws AuthenticationException {
        throw new IllegalStateException("only a server begins");
    }

    /**
     * Takes what the other side sent after the type octet.
     *
     * @throws AuthenticationException when the other side did not prove itself, or broke the method's rules
     */
    Step next(Octets data) throws AuthenticationException;

    /** Returns the key that both sides have now (MSK), to be closed by the caller; empty when the method yields none. */
    Optional<SecretBytes> key();

    /** Wipes whatever is secret. */
    @Override
    void close();
}
