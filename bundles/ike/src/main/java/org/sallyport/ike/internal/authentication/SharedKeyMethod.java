package org.sallyport.ike.internal.authentication;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.SignedOctets;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;

/** A pre-shared key (RFC 7296 section 2.15). */
final class SharedKeyMethod implements AuthenticationMethod {
    private final SecretSource secrets;

    SharedKeyMethod(SecretSource secrets) {
        this.secrets = secrets;
    }

    @Override
    public Announcement announce(PadEntry peer) {
        return new Announcement(java.util.Set.of(), List.of(), List.of(MethodAnnouncement.of(AuthProof.SHARED_KEY)));
    }

    @Override
    public AuthProof prove(ProofRequest request) throws AuthenticationException {
        return new AuthProof(AuthProof.SHARED_KEY, mac(request.peer(), request.octets()), List.of());
    }

    @Override
    public Verified verify(Claim claim) throws AuthenticationException {
        byte[] expected = mac(claim.peer(), claim.octets()).toArray();
        if (claim.proof().method() != AuthProof.SHARED_KEY
                || !MessageDigest.isEqual(expected, claim.proof().data().toArray())) {
            throw new AuthenticationException(
                    Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, claim.peer().connection(), claim.identity()));
        }
        return new Verified(Optional.empty(), "shared key");
    }

    private Octets mac(PadEntry peer, SignedOctets octets) throws AuthenticationException {
        SecretRef reference = peer.secret()
                .orElseThrow(() -> new AuthenticationException(
                        Reason.of(ReasonCode.CREDENTIAL_UNUSABLE, "peer " + peer, "it has no secret-file")));
        try (SecretBytes secret = secrets.open(reference)) {
            return octets.sharedKeyMac(secret);
        } catch (SecretUnusableException e) {
            throw new AuthenticationException(e.reason());
        }
    }
}
