package org.sallyport.ike.internal.message;

/** Authentication methods (RFC 7296 section 3.8 and the IANA registry). */
public final class AuthMethod {
    /** RSA digital signature. */
    public static final int RSA = 1;
    /** Shared key message integrity code. */
    public static final int SHARED_KEY = 2;
    /** ECDSA with SHA-256 on P-256 (RFC 4754). */
    public static final int ECDSA_256 = 9;
    /** ECDSA with SHA-384 on P-384 (RFC 4754). */
    public static final int ECDSA_384 = 10;
    /** ECDSA with SHA-512 on P-521 (RFC 4754). */
    public static final int ECDSA_521 = 11;
    /** No authentication (RFC 7619). */
    public static final int NULL = 13;
    /** Digital signature with the algorithm named inside (RFC 7427). */
    public static final int DIGITAL_SIGNATURE = 14;

    private AuthMethod() {}
}
