package org.sallyport.api.authentication;

import org.osgi.annotation.versioning.ConsumerType;
import org.sallyport.api.negotiation.PadEntry;

/**
 * An EAP method (RFC 3748) inside IKE_AUTH (RFC 7296 section 2.16), either side of it. Registered as a service with the
 * property {@link #NAME}. Codes, identifiers, lengths, Identity, Notification and Nak are the negotiator's; a method sees
 * what follows the type octet. Thread safe; the parties it opens are used by one thread at a time.
 */
@ConsumerType
public interface EapMethod {
    /** Service property: the name that peers are configured with, beginning with {@link #PREFIX}. */
    String NAME = "eap";

    /** What the names of EAP methods begin with, wherever an authentication method is named. */
    String PREFIX = "eap-";

    /** Tells whether an authentication method's name is that of an EAP method. */
    static boolean named(String authentication) {
        return authentication.startsWith(PREFIX);
    }

    /** Returns its type in the IANA registry, 4 to 253. */
    int type();

    /**
     * Tells whether it authenticates both sides, yields a key, and withstands guessing of passwords by whoever takes part:
     * only then may it stand alone, without a signature of the responder (RFC 5998 section 4).
     */
    boolean standsAlone();

    /**
     * Opens our side as the one that proves itself (the EAP peer).
     *
     * @param user our name
     * @param passwords where our password is
     */
    EapParty peer(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException;

    /**
     * Opens our side as the one that demands the proof (the EAP server).
     *
     * @param user the name that the peer gave, not to be trusted
     * @param passwords where its password is
     */
    EapParty server(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException;
}
