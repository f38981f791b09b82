package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.EapParty;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.eap.MsChapV2Method;

/** Authentication methods, EAP methods and credential sources of others that throw, hang or answer nonsense. */
@Timeout(120)
class RoguePluginTest {
    private static final String NAME = "acme.badge";
    private static final String EAP = "eap-acme.badge";
    private static final AuthProof PROOF = new AuthProof(201, Octets.of((byte) 1), List.of());
    private static final Verified VERIFIED = new Verified(Optional.empty(), "badge");

    private final World world = new World(12);
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() {
        released.countDown();
    }

    private interface Behaviour<A, R> {
        R answer(A asked) throws AuthenticationException;
    }

    private void method(Behaviour<ProofRequest, AuthProof> prove, Behaviour<Claim, Verified> verify) {
        AuthenticationMethod method = new AuthenticationMethod() {
            @Override
            public AuthProof prove(ProofRequest request) throws AuthenticationException {
                return prove.answer(request);
            }

            @Override
            public Verified verify(Claim claim) throws AuthenticationException {
                return verify.answer(claim);
            }
        };
        both(node -> node.authenticators.bindMethod(method, Map.of(AuthenticationMethod.NAME, NAME)));
    }

    private void both(java.util.function.Consumer<Node> what) {
        List.of(world.a, world.b).forEach(what);
    }

    private NegotiationResult negotiate(String initiator, String responder) {
        world.a.peers.peers.set(
                0,
                world.a
                        .peer(world.b)
                        .localAuthentication(initiator)
                        .remoteAuthentication(responder)
                        .build());
        world.b.peers.peers.set(
                0,
                world.b
                        .peer(world.a)
                        .localAuthentication(responder)
                        .remoteAuthentication(initiator)
                        .build());
        long negotiation = world.a.negotiate("p0", world.now + 5_000 * World.MS, world.now);
        world.run(1_000 * World.MS);
        return Objects.requireNonNull(world.a.results.get(negotiation), "it is still under way");
    }

    private String reasonOf(Node node) {
        return node.notices.stream()
                .filter(Effect.IkeFailed.class::isInstance)
                .map(n -> ((Effect.IkeFailed) n).reason().text())
                .reduce((first, last) -> last)
                .orElse("");
    }

    private void refusedAndOthersGoOn(NegotiationResult result, Node who, String... words) {
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOf(who)).contains(words);
        assertThat(world.a.established() + world.b.established()).isZero();
        assertThat(negotiate("psk", "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    private <R> R hang(R answer) {
        boolean over = false;
        while (!over) {
            try {
                over = released.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException ignored) {
                over = false; // a plugin that does not care
            }
        }
        return answer;
    }

    @Test
    void aMethodThatWorks() {
        method(request -> PROOF, claim -> VERIFIED);
        assertThat(negotiate(NAME, NAME)).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void aMethodThatThrowsWhenItProves() {
        method(
                request -> {
                    throw new IllegalStateException("no badge");
                },
                claim -> VERIFIED);
        refusedAndOthersGoOn(negotiate(NAME, "psk"), world.a, NAME, "threw", "no badge");
    }

    @Test
    void aMethodThatHangsWhenItVerifies() {
        method(request -> PROOF, claim -> hang(VERIFIED));
        refusedAndOthersGoOn(negotiate(NAME, "psk"), world.b, NAME, "did not answer within 4000 ms");
    }

    @Test
    @SuppressWarnings("NullAway") // plugins are not checked for null
    void aMethodThatAnswersNothing() {
        method(request -> null, claim -> null);
        refusedAndOthersGoOn(negotiate(NAME, "psk"), world.a, NAME, "answered nothing");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aMethodThatJudgesNothing() {
        method(request -> null, claim -> null);
        refusedAndOthersGoOn(negotiate("psk", NAME), world.b, NAME, "answered nothing");
    }

    @Test
    void aMethodThatAnswersNonsense() {
        method(request -> new AuthProof(700, Octets.of(new byte[100_000]), List.of()), claim -> VERIFIED);
        refusedAndOthersGoOn(negotiate(NAME, "psk"), world.a, NAME, "IllegalArgumentException");
    }

    @Test
    void whatOneMethodAnnouncesDoesNotKeepOthersFromAnnouncing() {
        AuthenticationMethod rogue = new AuthenticationMethod() {
            @Override
            public Announcement announce(PadEntry peer) {
                return new Announcement(
                        java.util.Set.of(), List.of(), List.of(new MethodAnnouncement(9999, 0, Octets.NONE)));
            }

            @Override
            public AuthProof prove(ProofRequest request) {
                return PROOF;
            }

            @Override
            public Verified verify(Claim claim) {
                return VERIFIED;
            }
        };
        world.b.authenticators.bindMethod(rogue, Map.of(AuthenticationMethod.NAME, NAME));
        world.b.authenticators.bindMethod(rogue, Map.of(AuthenticationMethod.NAME, "acme.other"));
        PadEntry rogues = world.b.peer(world.a).remoteAuthentication(NAME).build();
        PadEntry psk = world.b.peer(world.a).remoteAuthentication("psk").build();
        Outcome outcome = world.b.authenticators.answer(new Question.Announce(List.of(rogues, psk)));
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Value.class, value -> assertThat(
                        ((Announcement) value.value()).methods())
                .containsExactly(MethodAnnouncement.of(AuthProof.SHARED_KEY)));
    }

    // ---- key exchange methods ----

    private NegotiationResult negotiate(int keyExchange) {
        both(node -> node.peers.peers.set(
                0,
                node.peer(node == world.a ? world.b : world.a)
                        .ikeProposals(List.of(Node.ike(keyExchange)))
                        .build()));
        long negotiation = world.a.negotiate("p0", world.now + 5_000 * World.MS, world.now);
        world.run(40_000 * World.MS);
        return Objects.requireNonNull(world.a.results.get(negotiation), "it is still under way");
    }

    @Test
    void aKeyExchangeThatMakesNoKeys() {
        refusedAndOthersGoOn(
                negotiate(ToyKeyExchange.BROKEN), world.a, "" + ToyKeyExchange.BROKEN, "the token is not plugged in");
    }

    @Test
    void aKeyExchangeThatAgreesOnNothing() {
        assertThat(negotiate(ToyKeyExchange.CROOKED)).isNotInstanceOf(NegotiationResult.Established.class);
        assertThat(reasonOf(world.b)).contains("" + ToyKeyExchange.CROOKED, "the token was pulled out");
        assertThat(negotiate("psk", "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    // ---- EAP methods ----

    private record Badge(Behaviour<Octets, EapParty.Step> next, Behaviour<String, EapParty> open) implements EapMethod {
        @Override
        public int type() {
            return 253;
        }

        @Override
        public boolean standsAlone() {
            return false;
        }

        @Override
        public EapParty peer(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException {
            return open.answer(user);
        }

        @Override
        public EapParty server(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException {
            return new EapParty() {
                @Override
                public Step first() {
                    return new Step(Step.State.GOING_ON, Octets.of((byte) 1));
                }

                @Override
                public Step next(Octets data) throws AuthenticationException {
                    return next.answer(data);
                }

                @Override
                public Optional<SecretBytes> key() {
                    return Optional.empty();
                }

                @Override
                public void close() {
                    throw new IllegalStateException("closes badly");
                }
            };
        }
    }

    private static EapParty answering() {
        return new EapParty() {
            @Override
            public Step next(Octets data) {
                return new Step(Step.State.DONE, Octets.of((byte) 2));
            }

            @Override
            public Optional<SecretBytes> key() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    private void eap(Behaviour<Octets, EapParty.Step> next, Behaviour<String, EapParty> open) {
        both(node -> node.authenticators.bindEap(new Badge(next, open), Map.of(EapMethod.NAME, EAP)));
    }

    @Test
    void anEapMethodThatWorksButClosesBadly() {
        eap(data -> new EapParty.Step(EapParty.Step.State.DONE, Octets.NONE), user -> answering());
        assertThat(negotiate(EAP, "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void anEapMethodThatThrows() {
        eap(
                data -> {
                    throw new ArrayIndexOutOfBoundsException(7);
                },
                user -> answering());
        refusedAndOthersGoOn(negotiate(EAP, "psk"), world.b, EAP, "ArrayIndexOutOfBounds");
    }

    @Test
    void anEapMethodThatHangs() {
        eap(data -> new EapParty.Step(EapParty.Step.State.DONE, Octets.NONE), user -> hang(answering()));
        refusedAndOthersGoOn(negotiate(EAP, "psk"), world.a, EAP, "did not answer");
    }

    @Test
    @SuppressWarnings("NullAway")
    void anEapMethodThatAnswersNonsense() {
        eap(data -> new EapParty.Step(null, Octets.NONE), user -> answering());
        refusedAndOthersGoOn(negotiate(EAP, "psk"), world.b, EAP, "NullPointerException");
    }

    // ---- credential sources ----

    private void source(Behaviour<String, Optional<SecretBytes>> password) {
        CredentialSource source = new CredentialSource() {
            @Override
            public Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
                return password.answer(user);
            }
        };
        both(node -> {
            node.authenticators.bindSource(source, Map.of("service.ranking", 100));
            node.authenticators.bindEap(new MsChapV2Method(), Map.of(EapMethod.NAME, "eap-mschapv2"));
            node.provide(new CredentialSource() {
                @Override
                public Optional<SecretBytes> password(PadEntry peer, String user) {
                    return Optional.of(SecretBytes.owning("right".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                }
            });
        });
    }

    @Test
    void aSourceThatThrowsIsPassedOver() {
        source(user -> {
            throw new IllegalStateException("the directory is on fire");
        });
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void aSourceThatAnswersNothingIsPassedOver() {
        source(user -> null);
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void aSourceThatHangsIsPassedOverAndNotAskedAgainForAWhile() {
        source(user -> hang(Optional.empty()));
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Established.class);
        world.a.notices.clear();
        long began = System.nanoTime();
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Established.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1900));
    }

    @Test
    void aSourceThatSaysThatItsSecretCannotBeUsedIsBelieved() {
        source(user -> {
            throw new AuthenticationException(org.sallyport.api.reason.Reason.of(
                    org.sallyport.api.reason.ReasonCode.CREDENTIAL_UNUSABLE, "the token", "it is locked"));
        });
        assertThat(negotiate("eap-mschapv2", "psk")).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(reasonOf(world.b) + reasonOf(world.a)).contains("it is locked");
    }
}
