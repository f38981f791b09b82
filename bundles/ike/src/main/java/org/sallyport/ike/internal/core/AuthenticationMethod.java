package org.sallyport.ike.internal.core;

import java.util.function.Consumer;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.message.Payload;

/** A way to prove an identity in IKE_AUTH (RFC 7296 section 2.15). May ask the session's surroundings. Thread safe. */
public interface AuthenticationMethod {
    /** Returns the name that peers are configured with ("psk"). */
    String name();

    /**
     * Makes our AUTH payload.
     *
     * @param octets what is signed
     * @param then is given the payload
     * @param otherwise is given why there is none
     */
    void sign(
            Session session,
            PadEntry peer,
            Prf prf,
            byte[] octets,
            Consumer<Payload.Authentication> then,
            Consumer<Reason> otherwise);

    /**
     * Judges the peer's AUTH payload.
     *
     * @param octets what the peer should have signed
     * @param then is told whether it proves the identity
     * @param otherwise is given why it cannot be judged
     */
    void verify(
            Session session,
            PadEntry peer,
            Prf prf,
            byte[] octets,
            Payload.Authentication proof,
            Consumer<Boolean> then,
            Consumer<Reason> otherwise);
}
