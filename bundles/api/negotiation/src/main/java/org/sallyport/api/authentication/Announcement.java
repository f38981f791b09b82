package org.sallyport.api.authentication;

import java.util.List;
import java.util.Set;

/**
 * What a side says it accepts of the other before it is proven who that is. Immutable; comes without protection in
 * IKE_SA_INIT, and is to be taken as a wish.
 *
 * @param hashes hash algorithms for {@link AuthProof#DIGITAL_SIGNATURE} (RFC 7427 section 4: 2 SHA2-256, 3 SHA2-384,
 *     4 SHA2-512, 5 Identity); empty when the peer did not speak of it, and then the method must not be used
 * @param certificateRequests contents of CERTREQ payloads
 * @param methods of SUPPORTED_AUTH_METHODS (RFC 9593); empty when it did not speak of it
 */
public record Announcement(
        Set<Integer> hashes, List<CertificatePayload> certificateRequests, List<MethodAnnouncement> methods) {
    /** Says nothing. */
    public static final Announcement NOTHING = new Announcement(Set.of(), List.of(), List.of());

    public Announcement {
        hashes = Set.copyOf(hashes);
        certificateRequests = List.copyOf(certificateRequests);
        methods = List.copyOf(methods);
    }
}
