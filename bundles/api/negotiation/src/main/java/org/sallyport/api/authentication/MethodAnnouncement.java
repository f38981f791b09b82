package org.sallyport.api.authentication;

/**
 * An authentication method that a side accepts (RFC 9593 section 3.2). Immutable.
 *
 * @param method authentication method of the IANA registry, 1 to 255
 * @param link which CERTREQ payload of the same message it goes with, from 1; 0 for any
 * @param algorithm DER of an AlgorithmIdentifier; none where the method alone says all
 */
public record MethodAnnouncement(int method, int link, Octets algorithm) {
    /** Announces a method whose number says all. */
    public static MethodAnnouncement of(int method) {
        return new MethodAnnouncement(method, 0, Octets.NONE);
    }
}
