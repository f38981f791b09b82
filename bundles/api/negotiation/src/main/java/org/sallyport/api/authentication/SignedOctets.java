package org.sallyport.api.authentication;

import org.sallyport.api.secret.SecretBytes;

/** What one side of an IKE SA signs (RFC 7296 section 2.15). Thread safe. */
public interface SignedOctets {
    /** Returns the octets: first message, the other side's nonce, MAC of the identity. */
    Octets octets();

    /**
     * Returns prf(prf(key, "Key Pad for IKEv2"), octets) with the negotiated PRF: the AUTH data of a shared key, or of the
     * key that an EAP method yields. Compare it in constant time.
     *
     * @param key stays the caller's
     */
    Octets sharedKeyMac(SecretBytes key);
}
