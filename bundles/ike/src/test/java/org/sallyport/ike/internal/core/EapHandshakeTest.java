package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.EapParty;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.eap.MsChapV2Method;

/** EAP, and methods of others, between two negotiators in memory. */
class EapHandshakeTest {
    private final World world = new World(11);

    private static PadEntry.Builder entry(Node node, Node other) {
        return node.peer(other);
    }

    private NegotiationResult negotiate(PadEntry ofA, PadEntry ofB) {
        world.a.peers.peers.set(0, ofA);
        world.b.peers.peers.set(0, ofB);
        long negotiation = world.a.negotiate("p0", world.now + 5_000 * World.MS, world.now);
        world.run(1_000 * World.MS);
        return java.util.Objects.requireNonNull(world.a.results.get(negotiation), "it is still under way");
    }

    private NegotiationResult negotiate(String initiator, String responder) {
        return negotiate(
                entry(world.a, world.b)
                        .localAuthentication(initiator)
                        .remoteAuthentication(responder)
                        .build(),
                entry(world.b, world.a)
                        .localAuthentication(responder)
                        .remoteAuthentication(initiator)
                        .build());
    }

    private void mschapv2(String passwordOfA, String passwordOfB) {
        password(world.a, passwordOfA);
        password(world.b, passwordOfB);
    }

    private static void password(Node node, String password) {
        node.provide(new CredentialSource() {
            @Override
            public Optional<SecretBytes> password(PadEntry peer, String user) {
                return user.equals("alice.example")
                        ? Optional.of(SecretBytes.owning(password.getBytes(StandardCharsets.UTF_8)))
                        : Optional.empty();
            }
        });
        node.authenticators.bindEap(new MsChapV2Method(), Map.of(EapMethod.NAME, "eap-mschapv2"));
    }

    private String reasonOfB() {
        return world.b.notices.stream()
                .filter(Effect.IkeFailed.class::isInstance)
                .map(n -> ((Effect.IkeFailed) n).reason().text())
                .findFirst()
                .orElse("");
    }

    @Test
    void aPasswordAfterASharedKeyOfTheResponder() {
        mschapv2("Grüße", "Grüße");
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.sent.stream()
                        .filter(s -> s.summary().exchange().equals("IKE_AUTH"))
                        .map(s -> String.join(" ", s.summary().payloads())))
                .first()
                .asString()
                .doesNotContain("AUTH");
        assertThat(world.b.only().state().peerIdentity()).contains(Identity.parse("alice.example"));
    }

    @Test
    void aWrongPassword() {
        mschapv2("right", "wrong");
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOfB()).contains("the password is wrong").contains("alice.example");
        assertThat(world.b.established()).isZero();
        assertThat(world.a.established()).isZero();
    }

    @Test
    void passwordsDoNotStandAlone() {
        mschapv2("right", "right");
        assertThat(negotiate("eap-mschapv2", "eap-mschapv2")).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOfB()).contains("RFC 5998");
    }

    @Test
    void aMethodThatStandsAloneDoes() {
        for (Node node : List.of(world.a, world.b)) {
            node.authenticators.bindEap(new Toy(), Map.of(EapMethod.NAME, "eap-toy.test"));
        }
        assertThat(negotiate("eap-toy.test", "eap-toy.test")).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.sent.get(2).summary().payloads())
                .contains("N(EAP_ONLY_AUTHENTICATION)")
                .doesNotContain("AUTH");
    }

    @Test
    void anEapNameIsTheIdentityWhereThePatternAllowsIt() {
        mschapv2("right", "right");
        PadEntry ofA = entry(world.a, world.b)
                .localAuthentication("eap-mschapv2")
                .localIdentity(Identity.parse("10.0.0.7"))
                .credentials(org.sallyport.api.negotiation.Credentials.of(
                        Map.of("eap-identity", List.of("alice.example")),
                        org.sallyport.api.negotiation.Credentials.Revocation.OFF))
                .build();
        PadEntry ofB = entry(world.b, world.a)
                .remoteAuthentication("eap-mschapv2")
                .remoteIdentity(Identity.parse("*"))
                .build();
        assertThat(negotiate(ofA, ofB)).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.b.only().state().peerIdentity()).contains(Identity.parse("alice.example"));
    }

    @Test
    void aUserWhomThePatternDoesNotStandForIsNotWhoHeClaimsToBe() {
        mschapv2("right", "right");
        NegotiationResult result = negotiate(
                entry(world.a, world.b)
                        .localAuthentication("eap-mschapv2")
                        .remoteAuthentication("psk")
                        .localIdentity(Identity.parse("victim@example.org"))
                        .credentials(Credentials.of(
                                Map.of(Credentials.EAP_IDENTITY, List.of("alice.example")),
                                Credentials.Revocation.IF_PRESENT))
                        .build(),
                entry(world.b, world.a)
                        .localAuthentication("psk")
                        .remoteAuthentication("eap-mschapv2")
                        .remoteIdentity(Identity.parse("*@example.org"))
                        .build());
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOfB()).contains("alice.example").contains("*@example.org does not stand for this user");
    }

    @Test
    void whoDoesNotKnowEapIsToldSo() {
        mschapv2("right", "right");
        assertThat(negotiate(
                        entry(world.a, world.b).build(),
                        entry(world.b, world.a)
                                .remoteAuthentication("eap-mschapv2")
                                .build()))
                .isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOfB()).contains("came with a signature or shared key").contains("eap-mschapv2");
    }

    @Test
    void aMissingMethodIsToldByName() {
        NegotiationResult result = negotiate("acme.badge", "acme.badge");
        assertThat(((NegotiationResult.Refused) result).reason())
                .isEqualTo(Reason.of(
                        ReasonCode.CAPABILITY_ABSENT,
                        "authentication method \"acme.badge\"",
                        "install or start the bundle that provides it"));
    }

    @Test
    void aMethodOfOthersThatThrowsHarmsItsOwnExchangeOnly() {
        AuthenticationMethod broken = new AuthenticationMethod() {
            @Override
            public AuthProof prove(ProofRequest request) {
                return new AuthProof(201, Octets.NONE, List.of());
            }

            @Override
            public Verified verify(Claim claim) {
                throw new NoSuchMethodError("a plugin's own fault");
            }
        };
        for (Node node : List.of(world.a, world.b)) {
            node.authenticators.bindMethod(broken, Map.of(AuthenticationMethod.NAME, "acme.badge"));
        }
        assertThat(negotiate("acme.badge", "acme.badge")).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOfB()).contains("a plugin's own fault");
        assertThat(negotiate("psk", "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void theProofCountsForItsLifetime() {
        assertThat(negotiate(
                        entry(world.a, world.b).build(),
                        entry(world.b, world.a)
                                .authenticationLifetime(Duration.ofMinutes(5))
                                .build()))
                .isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.sent.getLast().summary().payloads()).contains("N(AUTH_LIFETIME)");
        world.drop = s -> s.summary().exchange().equals("IKE_SA_INIT"); // it cannot be proven anew
        world.run(Duration.ofMinutes(4).toNanos());
        assertThat(world.a.established()).isEqualTo(1);
        world.run(Duration.ofMinutes(2).toNanos());
        assertThat(world.a.established() + world.b.established()).isZero();
    }

    /** A method of one round, which yields a key of its own. */
    private static final class Toy implements EapMethod {
        private static final Octets QUESTION = Octets.of((byte) 1);
        private static final Octets ANSWER = Octets.of((byte) 2);

        @Override
        public int type() {
            return 253;
        }

        @Override
        public boolean standsAlone() {
            return true;
        }

        @Override
        public EapParty peer(PadEntry entry, String user, CredentialSource passwords) {
            return new Party();
        }

        @Override
        public EapParty server(PadEntry entry, String user, CredentialSource passwords) {
            return new Party();
        }

        private static final class Party implements EapParty {
            @Override
            public Step first() {
                return new Step(Step.State.GOING_ON, QUESTION);
            }

            @Override
            public Step next(Octets data) throws AuthenticationException {
                return new Step(Step.State.DONE, data.equals(QUESTION) ? ANSWER : Octets.NONE);
            }

            @Override
            public Optional<SecretBytes> key() {
                return Optional.of(SecretBytes.owning(new byte[64]));
            }

            @Override
            public void close() {
                // keeps nothing
            }
        }
    }
}
