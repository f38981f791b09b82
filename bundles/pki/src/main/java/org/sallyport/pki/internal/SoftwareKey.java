package org.sallyport.pki.internal;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.OwnKey;
import org.sallyport.api.authentication.SignatureScheme;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** A private key in memory. Thread safe. */
final class SoftwareKey implements OwnKey {
    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final List<X509Certificate> certificates;

    SoftwareKey(PrivateKey privateKey, PublicKey publicKey, List<X509Certificate> certificates) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.certificates = List.copyOf(certificates);
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public List<X509Certificate> certificates() {
        return certificates;
    }

    @Override
    public Octets sign(SignatureScheme scheme, Octets octets) throws AuthenticationException {
        try {
            Signature signature = Signature.getInstance(Schemes.algorithm(scheme), Bouncy.CASTLE);
            signature.initSign(privateKey);
            signature.update(octets.toArray());
            return Octets.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.INTERNAL_ERROR, "a key of ours cannot sign by " + scheme + ": " + e.getMessage()));
        }
    }

    /** Never the private half. */
    @Override
    public String toString() {
        return "key of "
                + (certificates.isEmpty() ? publicKey.getAlgorithm() : Certificates.name(certificates.getFirst()));
    }
}
