package org.sallyport.api.authentication;

import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a peer's public key is judged by. Immutable.
 *
 * @param anchors certificates of authorities that are trusted
 * @param intermediates certificates of authorities between those and the peer's, which the peer need not send
 * @param revocations lists of revoked certificates
 * @param certificates the peer's own: where there is one, it accepts no other
 * @param publicKeys the peer's raw public keys
 */
public record Trust(
        List<X509Certificate> anchors,
        List<X509Certificate> intermediates,
        List<X509CRL> revocations,
        List<X509Certificate> certificates,
        List<PublicKey> publicKeys) {
    public Trust {
        anchors = List.copyOf(anchors);
        intermediates = List.copyOf(intermediates);
        revocations = List.copyOf(revocations);
        certificates = List.copyOf(certificates);
        publicKeys = List.copyOf(publicKeys);
    }
}
