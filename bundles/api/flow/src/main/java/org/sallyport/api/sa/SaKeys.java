package org.sallyport.api.sa;

import org.sallyport.api.secret.SecretBytes;

/**
 * The keys of one direction of a Child SA (RFC 7296 section 2.17). Owned by whoever made it, who closes it once the SA
 * table has copied it to the slot.
 *
 * @param encryption cipher key
 * @param salt the salt of a counter-mode AEAD (4 octets for AES-GCM, RFC 4106 section 4), else empty
 * @param integrity integrity key, empty with an AEAD
 */
public record SaKeys(SecretBytes encryption, SecretBytes salt, SecretBytes integrity) implements AutoCloseable {
    @Override
    public void close() {
        encryption.close();
        salt.close();
        integrity.close();
    }
}
