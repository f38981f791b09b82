package org.sallyport.api.authentication;

/**
 * The content of a CERT or CERTREQ payload (RFC 7296 sections 3.6 and 3.7). Immutable.
 *
 * @param encoding certificate encoding, 0 to 255
 * @param data at most 32768 octets, as the encoding has it; of a CERTREQ, what it asks for
 */
public record CertificatePayload(int encoding, Octets data) {
    private static final int LONGEST = 32768;

    public CertificatePayload {
        if (encoding < 0 || encoding > 255 || data.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a CERT payload has an encoding from 0 to 255 and at most " + LONGEST + " octets");
        }
    }

    /** X.509 certificate; of a CERTREQ, SHA-1 hashes of the keys of trusted authorities. */
    public static final int X509 = 4;
    /** Certificate revocation list. */
    public static final int CRL = 7;
    /** Raw public key as SubjectPublicKeyInfo (RFC 7670). */
    public static final int RAW_PUBLIC_KEY = 15;
}
