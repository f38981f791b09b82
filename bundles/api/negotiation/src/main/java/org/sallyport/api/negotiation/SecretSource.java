package org.sallyport.api.negotiation;

import org.sallyport.api.reason.Reason;
import org.sallyport.api.secret.SecretBytes;

/** Opens secrets. Thread safe. */
public interface SecretSource {
    /** A secret that cannot be used, with the reason in words. */
    final class SecretUnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Reason reason;

        public SecretUnusableException(Reason reason) {
            super(reason.text());
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    /**
     * Reads a secret, without a line end at its end; a value that starts with {@code 0x} is hexadecimal, with {@code 0s}
     * base64.
     *
     * @return owned by the caller, who closes it
     * @throws SecretUnusableException when it is missing, empty, or others may read it
     */
    SecretBytes open(SecretRef secret) throws SecretUnusableException;
}
