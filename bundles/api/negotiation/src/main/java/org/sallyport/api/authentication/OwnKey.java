package org.sallyport.api.authentication;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A private key of ours, wherever it is: the key itself is never handed out. Thread safe. */
@ConsumerType
public interface OwnKey {
    /** Returns the public half. */
    PublicKey publicKey();

    /** Returns its certificate, and those of authorities between that and an anchor; empty for a raw public key. */
    List<X509Certificate> certificates();

    /**
     * Signs.
     *
     * @throws AuthenticationException when the key cannot, or cannot by this scheme
     */
    Octets sign(SignatureScheme scheme, Octets octets) throws AuthenticationException;
}
