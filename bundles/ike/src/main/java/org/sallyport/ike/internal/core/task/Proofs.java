package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.SignedOctets;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.InitRecord;
import org.sallyport.ike.internal.keys.AuthOctets;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;

/** Proofs of identity as payloads, and what they sign (RFC 7296 sections 2.15, 3.6 and 3.8). */
final class Proofs {
    private static final int MOST_CERTIFICATES = 16;
    private static final int LONGEST_PROOF = 16384;

    private Proofs() {}

    /** The octets that one side signs, with the PRF that goes with them. */
    private record Signed(Prf prf, Octets octets) implements SignedOctets {
        @Override
        public Octets sharedKeyMac(SecretBytes key) {
            return Octets.of(AuthOctets.sharedKey(prf, key, octets.toArray()).toArray());
        }
    }

    /** What one side signs (RFC 7296 section 2.15). */
    static SignedOctets octets(IkeSa sa, boolean ofInitiator, Payload.Identification id) {
        InitRecord init = sa.init();
        return new Signed(
                sa.prf(),
                Octets.of(AuthOctets.signed(
                        sa.prf(),
                        (ofInitiator ? init.request() : init.response()).toArray(),
                        ofInitiator ? init.nr() : init.ni(),
                        sa.state().keys().authentication(ofInitiator),
                        id)));
    }

    /** Returns CERT payloads and AUTH. */
    static List<Payload> payloads(AuthProof proof) {
        List<Payload> payloads = new ArrayList<>();
        for (CertificatePayload each : proof.certificates()) {
            payloads.add(new Payload.Certificate(
                    each.encoding(), Bytes.of(each.data().toArray())));
        }
        payloads.add(
                new Payload.Authentication(proof.method(), Bytes.of(proof.data().toArray())));
        return payloads;
    }

    /** Returns a message's proof, if there is one. */
    static Optional<AuthProof> of(IkeMessage message) throws IkeProtocolException {
        Optional<Payload.Authentication> auth = message.first(Payload.Authentication.class);
        List<CertificatePayload> certificates = message.all(Payload.Certificate.class)
                .map(c ->
                        new CertificatePayload(c.encoding(), Octets.of(c.data().toArray())))
                .toList();
        if (auth.isEmpty()) {
            return Optional.empty();
        }
        if (certificates.size() > MOST_CERTIFICATES
                || auth.get().data().length() > LONGEST_PROOF
                || auth.get().method() == 0) {
            throw IkeProtocolException.invalidSyntax("no proof has " + certificates.size() + " certificates and "
                    + auth.get().data().length() + " octets");
        }
        return Optional.of(
                new AuthProof(auth.get().method(), Octets.of(auth.get().data().toArray()), certificates));
    }

    /**
     * Returns the key for the AUTH payloads that follow EAP (RFC 7296 section 2.16): what the method yielded, else SK_pi or
     * SK_pr. The caller closes it.
     */
    static SecretBytes eapKey(IkeSa sa, boolean ofInitiator, Optional<SecretBytes> yielded) {
        return yielded.map(SecretBytes::copy)
                .orElseGet(() -> sa.state().keys().authentication(ofInitiator).copy());
    }

    static AuthProof byEap(SignedOctets octets, SecretBytes key) {
        return new AuthProof(AuthProof.SHARED_KEY, octets.sharedKeyMac(key), List.of());
    }

    static boolean provenByEap(SignedOctets octets, SecretBytes key, AuthProof proof) {
        byte[] expected = octets.sharedKeyMac(key).toArray();
        return proof.method() == AuthProof.SHARED_KEY
                && java.security.MessageDigest.isEqual(expected, proof.data().toArray());
    }
}
