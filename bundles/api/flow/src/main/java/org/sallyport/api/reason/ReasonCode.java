package org.sallyport.api.reason;

/**
 * Every reason the product gives, with its words; {@code {0}}, {@code {1}} stand for the arguments of a {@link Reason}.
 * The one catalogue: a new reason is added here, never spelled out elsewhere.
 */
public enum ReasonCode {
    /** arguments: policy */
    POLICY_DISCARDS("policy \"{0}\" discards this flow"),
    /** no argument */
    NO_POLICY_FORWARDED("no policy covers this forwarded flow; the default discards it"),
    /** arguments: policy, seconds */
    HOLD_TIME_OVER("no security association stood within policy \"{0}\"''s hold time of {1}"),
    /** arguments: which bound, its value */
    HOLD_LIMIT_REACHED("too many requests are held: {0} is limited to {1}"),
    /** arguments: peer, number of transmissions */
    PEER_UNREACHABLE(
            "peer \"{0}\" did not answer {1} transmissions: check its remote-address, that it runs, and that UDP ports 500 and 4500 are open on the way"),
    /** arguments: peer */
    PEER_DEAD("peer \"{0}\" no longer answers (dead peer detection)"),
    /** arguments: peer */
    PEER_ADDRESS_UNKNOWN("peer \"{0}\" has no remote-address: only the peer can start"),
    /** arguments: peer */
    PEER_RESTARTED("peer \"{0}\" started anew and has forgotten it (INITIAL_CONTACT)"),
    /** arguments: peer, identity */
    PEER_STANDS_ALREADY(
            "peer \"{0}\" stands as {1} already, and its configuration keeps the elder IKE SA (unique = keep)"),
    /** arguments: peer */
    SUPERSEDED("peer \"{0}\" came with a newer IKE SA, which replaces it (unique = replace)"),
    /** no argument */
    REAUTHENTICATED("a newer IKE SA with the same peer carries on"),
    /** arguments: peer, notify, what we offered */
    PEER_REFUSED("peer \"{0}\" refused with {1}; we offered {2}: compare that with what the peer is configured for"),
    /** arguments: peer */
    PEER_REFUSED_AUTHENTICATION(
            "peer \"{0}\" refused our authentication (AUTHENTICATION_FAILED): check the identities and the secret, or the certificates, on both sides"),
    /** arguments: peer, identity */
    PEER_NOT_AUTHENTICATED("peer \"{0}\" could not prove that it is {1}: check the secret and remote-identity"),
    /** arguments: peer, who it says it is, who it should be */
    PEER_IDENTITY_UNEXPECTED("peer \"{0}\" says that it is {1}, and should be {2}: check remote-identity"),
    /** arguments: peer, what it came with, what it is configured with */
    AUTHENTICATION_METHOD_UNEXPECTED(
            "peer \"{0}\" came with {1}, and is configured with {2}: check auth, local-auth and remote-auth on both sides"),
    /** arguments: peer, subject, since when */
    CERTIFICATE_EXPIRED("peer \"{0}\": certificate {1} expired at {2}: a new one is needed, or the clock is wrong"),
    /** arguments: peer, subject, from when */
    CERTIFICATE_NOT_YET_VALID("peer \"{0}\": certificate {1} is valid only from {2}: check both clocks"),
    /** arguments: peer, subject, since when, issuer of the list, why */
    CERTIFICATE_REVOKED(
            "peer \"{0}\": certificate {1} was revoked at {2} by the list of {3} ({4}): the peer needs a new key and certificate"),
    /** arguments: peer, subject, issuer */
    REVOCATION_UNKNOWN(
            "peer \"{0}\": no list in force says whether certificate {1} of {2} is revoked: add it to crl-files, or set revocation = if-present"),
    /** arguments: peer, subject, issuer */
    AUTHORITY_UNKNOWN(
            "peer \"{0}\": certificate {1} was issued by {2}, which no certificate in ca-files leads to: add its authority to ca-files, or have the peer send what is between"),
    /** arguments: peer, subject, what is wrong with it */
    CERTIFICATE_UNSUITABLE("peer \"{0}\": certificate {1} is not accepted: {2}"),
    /** arguments: peer, identity, subject, identities that it has */
    IDENTITY_NOT_IN_CERTIFICATE(
            "peer \"{0}\" says that it is {1}, which is not in its certificate {2}; that has {3}: have it say one of these, or issue one with that name"),
    /** arguments: peer, what is wrong */
    SIGNATURE_REFUSED("peer \"{0}\": its signature is not accepted: {1}"),
    /** arguments: file, why */
    CREDENTIAL_UNUSABLE("{0} cannot be used: {1}"),
    /** arguments: peer, user, what went wrong */
    EAP_FAILED("peer \"{0}\": EAP with \"{1}\" failed: {2}"),
    /** no argument */
    AUTHENTICATION_OVER("the peer''s proof of its identity counts no longer, and it did not prove itself anew"),
    /** arguments: peer, what it offered, what the configuration accepts */
    NO_PROPOSAL_CHOSEN("peer \"{0}\" offered {1}; policy accepts {2}: have both sides accept one that is alike"),
    /** arguments: peer, selectors */
    TS_UNACCEPTABLE(
            "peer \"{0}\" asked for selectors {1} that no policy allows: check local and remote of the policies on both sides"),
    /** arguments: peer, its mode, policy, that one's mode */
    MODE_DIFFERS("peer \"{0}\" wants {1} mode, and policy \"{2}\" {3} mode: set mode alike on both sides"),
    /** arguments: policy, peer */
    AH_THROUGH_TRANSLATOR(
            "policy \"{0}\" has ipsec-protocol = ah, which authenticates addresses, and between us and peer \"{1}\" they are"
                    + " translated, or one side says so (encapsulation = udp): use ipsec-protocol = esp"),
    /** arguments: peer, its protocol, policy, that one's protocol */
    PROTOCOL_DIFFERS("peer \"{0}\" offered {1}, and policy \"{2}\" has {3}: set ipsec-protocol alike on both sides"),
    /** arguments: policy, the two hosts, the policy's selectors */
    TRANSPORT_HOSTS("policy \"{0}\" has mode = transport, which is for {1} alone, and its selectors are {2}"),
    /** arguments: identity, the one whose SA stands, the address that they share */
    TRANSPORT_SHARED(
            "{0} and {1} come from one address, {2}, and in transport mode what is sent to one could reach the other:"
                    + " use mode = tunnel for them"),
    /** arguments: identity */
    UNKNOWN_IDENTITY(
            "no peer is configured with the identity {0}: check remote-identity here and what the peer says that it is"),
    /** arguments: address */
    UNKNOWN_ADDRESS(
            "no peer is configured that may come from {0}: check remote-address here and the peer''s outer address"),
    /** arguments: peer, what was wrong */
    PEER_PROTOCOL_ERROR(
            "peer \"{0}\" broke the protocol: {1}; that is for its administrator to mend, if it is our peer at all"),
    /** arguments: selectors, peer */
    PAD_FORBIDS("selectors {0} are outside what peer \"{1}\" is permitted"),
    /** arguments: pool, how many addresses it has */
    POOL_EXHAUSTED(
            "address pool \"{0}\" has none of its {1} addresses left: enlarge addresses in etc/org.sallyport.pool-{0}.cfg"),
    /** arguments: peer, its pools */
    ADDRESS_NOT_IN_POOLS("peer \"{0}\" asked for an address of a family that none of its pools has ({1})"),
    /** arguments: peer */
    ADDRESS_NOT_REQUESTED(
            "peer \"{0}\" asked for no address (CFG_REQUEST), and gets Child SAs for one of its pools'' alone: have it ask for a virtual address"),
    /** arguments: peer, what it said */
    ADDRESS_NOT_ASSIGNED("peer \"{0}\" assigned no address that we asked for: {1}"),
    /** arguments: peer */
    ADDRESS_AWAITED("peer \"{0}\" has not assigned an address to this host yet"),
    /** arguments: policy, requester */
    POLICY_FOR_OTHERS(
            "policy \"{0}\" is for others by name, not for {1}, and behind it nothing goes in clear: name it there, or let"
                    + " another policy protect what it sends"),
    /** arguments: policy */
    POLICY_GONE("policy \"{0}\" is no longer in force"),
    /** arguments: peer */
    PEER_GONE("peer \"{0}\" is no longer configured"),
    /** arguments: secret file, why */
    SECRET_UNUSABLE("secret file {0} cannot be used: {1}"),
    /** arguments: peer */
    CONNECTION_BY_HAND("connection \"{0}\" is started by hand alone: sallyport:connection-up {0}"),
    /** arguments: negotiator */
    NEGOTIATOR_ABSENT("negotiator \"{0}\" is not running: install or start the bundle that provides it"),
    /** arguments: negotiator, what it did */
    NEGOTIATOR_FAILED("negotiator \"{0}\" {1}"),
    /** arguments: negotiator */
    NEGOTIATOR_STOPPED("negotiator \"{0}\" was stopped, and nobody looks after what it made"),
    /** arguments: which plugin, what it did */
    PLUGIN_FAILED("{0} {1}; the log has more, and its vendor can help"),
    /** arguments: capability, what provides it */
    CAPABILITY_ABSENT("{0} is not available; {1}"),
    /** no argument */
    DATA_PLANE_ABSENT("the classifier is not running: start bundle org.sallyport.classifier"),
    /** arguments: what, its limit */
    LIMIT_REACHED("{0} is limited to {1}"),
    /** arguments: what is counted, its limit, key */
    LEASE_LIMIT_REACHED(
            "{0} is limited to {1} by {2} in etc/org.sallyport.sad.cfg: close what is not needed, or set more"),
    /** no argument */
    REKEYED("replaced by its successor"),
    /** no argument */
    LIFETIME_OVER("its hard lifetime is over"),
    /** arguments: for how long */
    UNNEEDED("nobody used it for {0}"),
    /** arguments: peer */
    DELETED_BY_PEER("deleted by peer \"{0}\""),
    /** arguments: who */
    DELETED_BY_ADMINISTRATOR("deleted by {0}"),
    /** no argument */
    IKE_SA_GONE("its IKE SA has ended"),
    /** no argument */
    CANCELLED("nobody waits for it any more"),
    /** no argument */
    SHUTTING_DOWN("the appliance is stopping"),
    /** arguments: what happened */
    INTERNAL_ERROR("internal error: {0}");

    private final String words;

    ReasonCode(String words) {
        this.words = words;
    }

    /** Returns the words, a {@link java.text.MessageFormat} pattern. */
    public String words() {
        return words;
    }
}
