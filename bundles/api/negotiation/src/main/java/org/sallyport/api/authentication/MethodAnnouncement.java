package org.sallyport.api.authentication;

/**
 * An authentication method that a side accepts (RFC 9593 section 3.2). Immutable.
 *
 * @param method authentication method of the IANA registry, 1 to 255
 * @param link which CERTREQ payload of the same message it goes with, from 1; 0 for any
 * @param algorithm DER of an AlgorithmIdentifier, at most 252 octets; none where the method alone says all
 */
public record MethodAnnouncement(int method, int link, Octets algorithm) {
    private static final int LONGEST = 255 - 3;

    public MethodAnnouncement {
        if (method < 0 || method > 255 || link < 0 || link > 255 || algorithm.length() > LONGEST) {
            throw new IllegalArgumentException("an announced method has a number and a link from 0 to 255, and at most "
                    + LONGEST + " octets of an algorithm");
        }
    }

    /** Announces a method whose number says all. */
    public static MethodAnnouncement of(int method) {
        return new MethodAnnouncement(method, 0, Octets.NONE);
    }
}
