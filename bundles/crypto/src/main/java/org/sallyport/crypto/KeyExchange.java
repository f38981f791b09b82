package org.sallyport.crypto;

import java.security.SecureRandom;
import org.sallyport.api.secret.SecretBytes;

/**
 * A key exchange method (RFC 7296 section 2.14, transform type 4).
 *
 * <p>Diffie-Hellman methods implement {@link #generate} alone. A key encapsulation method answers differently from how
 * it asks, and overrides {@link #respond} too.
 */
public interface KeyExchange extends Transform {
    /** Makes an ephemeral key pair from the given randomness. */
    KeyPair generate(SecureRandom random);

    /**
     * Answers a peer's public value: makes the value to send back and the shared secret.
     *
     * @throws InvalidPublicValueException when the peer's value is not one of this method's
     */
    default Response respond(byte[] peerPublic, SecureRandom random) throws InvalidPublicValueException {
        try (KeyPair own = generate(random)) {
            return new Response(own, own.agree(peerPublic));
        }
    }

    /** An ephemeral key pair; closing wipes what of the private key is within reach. Not safe for use by many threads. */
    interface KeyPair extends AutoCloseable {
        /** Returns a copy of the public value as the KE payload carries it. */
        byte[] publicValue();

        /**
         * Computes the shared secret, in the form that SKEYSEED takes (RFC 7296 section 2.14). The caller closes it.
         *
         * @throws InvalidPublicValueException when the value has the wrong length, is not on the curve, or leads to
         *     zero (RFC 5903 section 7, RFC 6989, RFC 8031 section 2)
         */
        SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException;

        @Override
        void close();
    }

    /** What the answering side has: the value to send and the shared secret. The caller closes the secret. */
    final class Response implements AutoCloseable {
        private final byte[] publicValue;
        private final SecretBytes sharedSecret;

        /** Takes the public value of an own key pair and what was agreed with it. */
        public Response(KeyPair own, SecretBytes sharedSecret) {
            this(own.publicValue(), sharedSecret);
        }

        /** Takes a value to send and the secret that goes with it; owns the secret from here on. */
        public Response(byte[] publicValue, SecretBytes sharedSecret) {
            this.publicValue = publicValue.clone();
            this.sharedSecret = sharedSecret;
        }

        /** Returns a copy of the value to send. */
        public byte[] publicValue() {
            return publicValue.clone();
        }

        /** Returns the shared secret, owned by this response. */
        public SecretBytes sharedSecret() {
            return sharedSecret;
        }

        @Override
        public void close() {
            sharedSecret.close();
        }
    }
}
