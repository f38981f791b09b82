package org.sallyport.api.authentication;

import java.util.List;

/**
 * The content of an AUTH payload and of the CERT payloads before it (RFC 7296 sections 3.6 and 3.8). Immutable.
 *
 * @param method authentication method of the IANA registry, 1 to 255
 * @param data as the method has it, at most 16384 octets
 * @param certificates the key's own first; at most 16
 */
public record AuthProof(int method, Octets data, List<CertificatePayload> certificates) {
    /** RSA signature by PKCS#1 v1.5. */
    public static final int RSA = 1;
    /** Shared key message integrity code. */
    public static final int SHARED_KEY = 2;
    /** ECDSA with SHA-256 on P-256 (RFC 4754). */
    public static final int ECDSA_256 = 9;
    /** ECDSA with SHA-384 on P-384 (RFC 4754). */
    public static final int ECDSA_384 = 10;
    /** ECDSA with SHA-512 on P-521 (RFC 4754). */
    public static final int ECDSA_521 = 11;
    /** Digital signature whose algorithm is named inside (RFC 7427). */
    public static final int DIGITAL_SIGNATURE = 14;

    private static final int LONGEST = 16384;
    private static final int MOST_CERTIFICATES = 16;

    public AuthProof {
        certificates = List.copyOf(certificates);
        if (method < 1 || method > 255 || data.length() > LONGEST || certificates.size() > MOST_CERTIFICATES) {
            throw new IllegalArgumentException("an AUTH payload has a method from 1 to 255, at most " + LONGEST
                    + " octets and " + MOST_CERTIFICATES + " certificates");
        }
    }
}
