package org.sallyport.ike.internal.eap;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.fuzz.FuzzInput;

/** EAP messages, MSCHAPv2 among them, to either side: an answer, or a refusal with its reason; never proven. */
public final class EapFuzz {
    private static final int MOST = 16;
    private static final PadEntry PEER = PadEntry.builder(new ConnectionId("fuzz"))
            .localIdentity(Identity.parse("bob.example"))
            .remoteIdentity(Identity.parse("alice.example"))
            .localAuthentication("psk")
            .remoteAuthentication("eap-mschapv2")
            .ikeProposals(List.of(new Proposal(List.of(
                    new Transform(TransformType.ENCRYPTION, 20, 128),
                    new Transform(TransformType.PRF, 5, 0),
                    new Transform(TransformType.KEY_EXCHANGE, 31, 0)))))
            .secret(new SecretRef("shared"))
            .build();
    private static final CredentialSource PASSWORDS = new CredentialSource() {
        @Override
        public Optional<SecretBytes> password(PadEntry peer, String user) {
            return user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SecretBytes.owning("correct horse".getBytes(StandardCharsets.UTF_8)));
        }
    };

    private EapFuzz() {}

    /** Which side it is, and what the other one says. */
    public static void conversation(byte[] octets) {
        FuzzInput in = new FuzzInput(octets);
        boolean server = (in.u8() & 1) == 0;
        MsChapV2Method method = new MsChapV2Method(new Zeros());
        try (EapConversation side =
                server ? new EapServer(PEER, method, PASSWORDS) : new EapClient(PEER, method, PASSWORDS)) {
            if (server) {
                side.first().close();
            }
            for (int i = 0; i < MOST && in.more(); i++) {
                try (EapConversation.Turn turn = side.next(Octets.of(in.block()))) {
                    if (turn.done()) {
                        throw new AssertionError("whoever has no password was believed");
                    }
                }
            }
        } catch (AuthenticationException e) {
            if (e.reason().text().chars().anyMatch(Character::isISOControl)) {
                throw new AssertionError("a peer's octets break a line of the log: " + e.reason());
            }
        }
    }

    /** What is found has to be found again. */
    @SuppressWarnings("serial")
    private static final class Zeros extends SecureRandom {
        @Override
        public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, (byte) 0);
        }
    }
}
