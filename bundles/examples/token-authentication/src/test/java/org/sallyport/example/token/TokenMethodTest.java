package org.sallyport.example.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.SignedOctets;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.secret.SecretBytes;

class TokenMethodTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:15Z");
    private static final PadEntry PEER = entry().secret(new SecretRef("token")).build();

    private static PadEntry.Builder entry() {
        return PadEntry.builder(new ConnectionId("gw"))
                .localIdentity(Identity.parse("host.example"))
                .remoteIdentity(Identity.parse("gw.example"))
                .authentication(TokenMethod.METHOD_NAME)
                .ikeProposals(List.of(Proposal.parse("aes128gcm16-prfsha256-x25519")));
    }

    /** A MAC for tests: what was signed, and the key. */
    private record Signed(String text) implements SignedOctets {
        @Override
        public Octets octets() {
            return Octets.of(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Octets sharedKeyMac(SecretBytes key) {
            return key.use(
                    k -> Octets.of((text + java.util.HexFormat.of().formatHex(k)).getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static TokenMethod at(Instant time, String secret) {
        return new TokenMethod(
                reference -> SecretBytes.owning(secret.getBytes(StandardCharsets.UTF_8)),
                Clock.fixed(time, ZoneOffset.UTC));
    }

    private static AuthProof proof(Instant time, String secret, String signed) throws AuthenticationException {
        return at(time, secret).prove(new ProofRequest(PEER, new Signed(signed), Announcement.NOTHING));
    }

    private static void verify(AuthProof proof) throws AuthenticationException {
        Claim claim = new Claim(PEER, Identity.parse("gw.example"), new Signed("this"), Announcement.NOTHING, proof);
        assertThat(at(NOW, "secret").verify(claim).words()).startsWith("token of time step");
    }

    private static void refused(AuthProof proof, ReasonCode why) {
        assertThatThrownBy(() -> verify(proof)).isInstanceOfSatisfying(AuthenticationException.class, e -> assertThat(
                        e.reason().code())
                .isEqualTo(why));
    }

    @Test
    void whoHasTheTokenProvesItNow() throws Exception {
        verify(proof(NOW, "secret", "this"));
        verify(proof(NOW.plus(TokenMethod.STEP), "secret", "this"));
        verify(proof(NOW.minus(TokenMethod.STEP), "secret", "this"));
    }

    @Test
    void whatWasProvenEarlierOrForAnotherIkeSaDoesNotCount() throws Exception {
        refused(proof(NOW.minus(Duration.ofSeconds(61)), "secret", "this"), ReasonCode.SIGNATURE_REFUSED);
        refused(proof(NOW.plus(Duration.ofHours(1)), "secret", "this"), ReasonCode.SIGNATURE_REFUSED);
        refused(proof(NOW, "secret", "that"), ReasonCode.PEER_NOT_AUTHENTICATED);
        refused(proof(NOW, "another", "this"), ReasonCode.PEER_NOT_AUTHENTICATED);
    }

    @Test
    void aStepThatWasChangedIsNoticed() throws Exception {
        byte[] data =
                proof(NOW.minus(Duration.ofHours(1)), "secret", "this").data().toArray();
        byte[] now = proof(NOW, "secret", "this").data().toArray();
        System.arraycopy(now, 0, data, 0, Long.BYTES);
        refused(new AuthProof(TokenMethod.NUMBER, Octets.of(data), List.of()), ReasonCode.PEER_NOT_AUTHENTICATED);
    }

    @Test
    void otherMethodsAndRubbishAreRefused() throws Exception {
        AuthProof genuine = proof(NOW, "secret", "this");
        refused(
                new AuthProof(AuthProof.SHARED_KEY, genuine.data(), List.of()),
                ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED);
        refused(
                new AuthProof(TokenMethod.NUMBER, Octets.of(new byte[8]), List.of()),
                ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED);
        refused(
                new AuthProof(TokenMethod.NUMBER, Octets.of(new byte[9]), List.of()),
                ReasonCode.PEER_NOT_AUTHENTICATED);
    }

    @Test
    void aPeerWithoutASecretFileIsToldSo() {
        ProofRequest request = new ProofRequest(entry().build(), new Signed("this"), Announcement.NOTHING);
        assertThatThrownBy(() -> at(NOW, "secret").prove(request)).hasMessageContaining("secret-file");
    }

    @Test
    void itSaysThatItIsThere() {
        assertThat(at(NOW, "secret").announce(PEER).methods()).singleElement().satisfies(m -> assertThat(m.method())
                .isEqualTo(TokenMethod.NUMBER));
    }
}
