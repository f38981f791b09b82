package org.sallyport.api.authentication;

/** How a key signs. RSASSA-PSS has a salt as long as its hash, and MGF1 with the same hash (RFC 8247 section 3.2). */
public enum SignatureScheme {
    /** PKCS#1 v1.5 with SHA-1: only for authentication method 1, with peers that know no other. */
    RSA_PKCS1_SHA1,
    RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512,
    RSA_PSS_SHA256,
    RSA_PSS_SHA384,
    RSA_PSS_SHA512,
    /** The signature is the DER of r and s, as of all of ECDSA here. */
    ECDSA_SHA256,
    ECDSA_SHA384,
    ECDSA_SHA512,
    ED25519,
    ED448
}
