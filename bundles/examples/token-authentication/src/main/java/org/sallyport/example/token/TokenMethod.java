package org.sallyport.example.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
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

/**
 * EXAMPLE. Both sides have the secret of a token, and prove that they have it now: the key of the AUTH payload's MAC is
 * derived from the secret and the time, in steps of 30 seconds (as RFC 6238 has it for codes that people type). A key that
 * leaks is of use for a minute and a half; the clocks of both sides may differ by 30 seconds.
 *
 * <p>AUTH data: time step (8 octets), and prf(prf(key, "Key Pad for IKEv2"), octets to be signed). What is signed has both
 * nonces in it, so that no proof counts twice. Thread safe.
 */
@Component(property = AuthenticationMethod.NAME + "=" + TokenMethod.METHOD_NAME)
public final class TokenMethod implements AuthenticationMethod {
    /** What peers are configured with: {@code auth = example.token}. */
    static final String METHOD_NAME = "example.token";

    /** Of the registry's range for private use, 201 to 255. */
    static final int NUMBER = 201;

    static final Duration STEP = Duration.ofSeconds(30);
    private static final String LABEL = "Sallyport example token 1";

    private final SecretSource secrets;
    private final Clock clock;

    @Activate
    public TokenMethod(@Reference SecretSource secrets) {
        this(secrets, Clock.systemUTC());
    }

    TokenMethod(SecretSource secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public Announcement announce(PadEntry peer) {
        return new Announcement(Set.of(), List.of(), List.of(MethodAnnouncement.of(NUMBER)));
    }

    @Override
    public AuthProof prove(ProofRequest request) throws AuthenticationException {
        long step = step();
        byte[] mac = mac(request.peer(), request.octets(), step);
        byte[] data = ByteBuffer.allocate(Long.BYTES + mac.length)
                .putLong(step)
                .put(mac)
                .array();
        return new AuthProof(NUMBER, Octets.of(data), List.of());
    }

    @Override
    public Verified verify(Claim claim) throws AuthenticationException {
        byte[] data = claim.proof().data().toArray();
        if (claim.proof().method() != NUMBER || data.length <= Long.BYTES) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    claim.peer().connection(),
                    "authentication method " + claim.proof().method(),
                    METHOD_NAME));
        }
        ByteBuffer in = ByteBuffer.wrap(data);
        long step = in.getLong();
        byte[] said = new byte[in.remaining()];
        in.get(said);
        boolean genuine = MessageDigest.isEqual(mac(claim.peer(), claim.octets(), step), said);
        if (!genuine) {
            throw new AuthenticationException(
                    Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, claim.peer().connection(), claim.identity()));
        }
        requireNow(claim, step);
        return new Verified(Optional.empty(), "token of time step " + step);
    }

    /** The proof is genuine, so that what it says about the peer's clock can be believed, and told. */
    private void requireNow(Claim claim, long step) throws AuthenticationException {
        long apart = step - step();
        if (apart < -1 || apart > 1) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.SIGNATURE_REFUSED,
                    claim.peer().connection(),
                    "its token is of another time, " + apart * STEP.toSeconds() + " s from ours: check both clocks"));
        }
    }

    private long step() {
        return clock.millis() / STEP.toMillis();
    }

    private byte[] mac(PadEntry peer, SignedOctets octets, long step) throws AuthenticationException {
        SecretRef reference = peer.secret()
                .orElseThrow(() -> new AuthenticationException(Reason.of(
                        ReasonCode.CREDENTIAL_UNUSABLE,
                        "peer " + peer,
                        "it has no secret-file, which " + METHOD_NAME + " needs")));
        try (SecretBytes secret = secrets.open(reference);
                SecretBytes key = secret.use(s -> SecretBytes.owning(key(s, step)))) {
            return octets.sharedKeyMac(key).toArray();
        } catch (SecretUnusableException e) {
            throw new AuthenticationException(e.reason());
        }
    }

    private static byte[] key(byte[] secret, long step) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(secret, "HmacSHA256"));
            hmac.update(LABEL.getBytes(StandardCharsets.US_ASCII));
            return hmac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }
}
