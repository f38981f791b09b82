package org.sallyport.ike.internal.core.task;

import java.util.function.Consumer;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.core.AuthenticationMethod;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.keys.AuthOctets;
import org.sallyport.ike.internal.message.AuthMethod;
import org.sallyport.ike.internal.message.Payload;

/** A pre-shared key (RFC 7296 section 2.15). */
public final class PskAuthentication implements AuthenticationMethod {
    @Override
    public String name() {
        return "psk";
    }

    @Override
    public void sign(
            Session session,
            PadEntry peer,
            Prf prf,
            byte[] octets,
            Consumer<Payload.Authentication> then,
            Consumer<Reason> otherwise) {
        withSecret(
                session,
                peer,
                secret -> then.accept(
                        new Payload.Authentication(AuthMethod.SHARED_KEY, AuthOctets.sharedKey(prf, secret, octets))),
                otherwise);
    }

    @Override
    public void verify(
            Session session,
            PadEntry peer,
            Prf prf,
            byte[] octets,
            Payload.Authentication proof,
            Consumer<Boolean> then,
            Consumer<Reason> otherwise) {
        withSecret(
                session,
                peer,
                secret -> then.accept(proof.method() == AuthMethod.SHARED_KEY
                        && AuthOctets.verifySharedKey(prf, secret, octets, proof.data())),
                otherwise);
    }

    private static void withSecret(
            Session session, PadEntry peer, Consumer<SecretBytes> use, Consumer<Reason> otherwise) {
        session.ask(
                new Question.OpenSecret(peer.secret()),
                secret -> {
                    try (secret) {
                        use.accept(secret);
                    }
                },
                otherwise);
    }
}
