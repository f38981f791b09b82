package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.Credentials.Revocation;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.pki.TestAuthority;
import org.sallyport.ike.internal.pki.TestAuthority.Issued;
import org.sallyport.ike.internal.pki.TestAuthority.Shape;
import org.sallyport.pki.internal.FileCredentials;
import org.sallyport.pki.internal.PublicKeyMethod;

/** Two negotiators that prove themselves by certificates and raw public keys. */
class CertificateHandshakeTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final World world = new World(7);
    /** How bob judges alice, and the other way round: key and value of the peer's entry. */
    private final Map<String, List<String>> ofA = new HashMap<>();

    private final Map<String, List<String>> ofB = new HashMap<>();
    private Revocation revocation = Revocation.IF_PRESENT;
    private String identityOfA = "alice.example";
    private String expectedByB = "alice.example";

    @BeforeEach
    void provide() {
        for (Node node : List.of(world.a, world.b)) {
            CredentialSource files = new FileCredentials(ref -> SecretBytes.copyOf(
                    read(Path.of(ref.file())).strip().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            node.authenticators.bindMethod(
                    new PublicKeyMethod(List.of(files), Clock.systemUTC()),
                    Map.of(AuthenticationMethod.NAME, AuthenticationMethod.PUBKEY));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestAuthority root(String keys) {
        return TestAuthority.root(folder, "root-" + keys, keys);
    }

    private void key(Map<String, List<String>> of, Issued issued) {
        of.put(Credentials.KEY_FILE, List.of(issued.key().toString()));
        of.put(Credentials.CERTIFICATE_FILE, List.of(issued.certificate().toString()));
    }

    private static void trust(Map<String, List<String>> of, Path... authorities) {
        of.put(
                Credentials.CA_FILES,
                java.util.Arrays.stream(authorities).map(Path::toString).toList());
    }

    /** Both have certificates of one authority, and trust it. */
    private TestAuthority both(String keys) {
        TestAuthority root = root(keys);
        key(ofA, root.issue("alice.example"));
        key(ofB, root.issue("bob.example"));
        trust(ofA, root.certificate());
        trust(ofB, root.certificate());
        return root;
    }

    private NegotiationResult negotiate() {
        configure(world.a, world.b, ofA, identityOfA, "bob.example");
        configure(world.b, world.a, ofB, "bob.example", expectedByB);
        long negotiation = world.a.negotiate("p0", world.now + 5 * 1000 * World.MS, world.now);
        world.run(1000 * World.MS);
        return java.util.Objects.requireNonNull(world.a.results.get(negotiation), "it is still under way");
    }

    private void configure(Node node, Node other, Map<String, List<String>> values, String local, String remote) {
        PadEntry entry = node.peer(other)
                .authentication(AuthenticationMethod.PUBKEY)
                .localIdentity(Identity.parse(local))
                .remoteIdentity(Identity.parse(remote))
                .credentials(Credentials.of(values, revocation))
                .build();
        node.peers.peers.clear();
        node.peers.peers.add(entry);
    }

    private void established() {
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.b.established()).isEqualTo(1);
    }

    /** Bob refuses alice; she hears no more than that. */
    private Reason refused() {
        NegotiationResult result = negotiate();
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(((NegotiationResult.Refused) result).reason().code())
                .isEqualTo(ReasonCode.PEER_REFUSED_AUTHENTICATION);
        assertThat(world.b.established()).isZero();
        return world.b.notices.stream()
                .filter(Effect.IkeFailed.class::isInstance)
                .map(n -> ((Effect.IkeFailed) n).reason())
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa", "ed25519"})
    void certificatesOfOneAuthority(String keys) {
        both(keys);
        established();
        assertThat(world.sent.get(1).summary().payloads())
                .contains("CERTREQ", "N(SIGNATURE_HASH_ALGORITHMS)", "N(SUPPORTED_AUTH_METHODS)");
        assertThat(world.sent.get(2).summary().payloads()).contains("CERT", "AUTH", "N(SUPPORTED_AUTH_METHODS)");
    }

    @Test
    void anAuthorityBetweenIsSent() throws IOException {
        TestAuthority root = both("ecdsa");
        TestAuthority below = root.intermediate("below", new Shape());
        Issued alice = below.issue("alice.example");
        Path chain = folder.resolve("chain.pem");
        Files.writeString(chain, read(alice.certificate()) + read(below.certificate()));
        ofA.put(Credentials.KEY_FILE, List.of(alice.key().toString()));
        ofA.put(Credentials.CERTIFICATE_FILE, List.of(chain.toString()));
        established();
    }

    @Test
    void anAuthorityBetweenIsMissed() {
        TestAuthority root = both("ecdsa");
        key(ofA, root.intermediate("below", new Shape()).issue("alice.example"));
        assertThat(refused().text())
                .contains("was issued by \"CN=below,O=Sallyport Tests\"")
                .contains("ca-files");
    }

    @Test
    void anAuthorityBetweenIsConfigured() {
        TestAuthority root = both("ecdsa");
        TestAuthority below = root.intermediate("below", new Shape());
        key(ofA, below.issue("alice.example"));
        trust(ofB, root.certificate(), below.certificate());
        established();
    }

    @Test
    void anotherAuthority() {
        both("ecdsa");
        key(ofA, TestAuthority.root(folder, "elsewhere", "ecdsa").issue("alice.example"));
        assertThat(refused().code()).isEqualTo(ReasonCode.AUTHORITY_UNKNOWN);
    }

    @Test
    void expired() {
        TestAuthority root = both("ecdsa");
        Instant end = Instant.parse("2026-01-02T03:04:05Z");
        key(ofA, root.issue("alice.example", new Shape().valid(end.minus(Duration.ofDays(10)), end)));
        Reason reason = refused();
        assertThat(reason.code()).isEqualTo(ReasonCode.CERTIFICATE_EXPIRED);
        assertThat(reason.text()).contains("CN=alice.example").contains("expired at 2026-01-02T03:04:05Z");
    }

    @Test
    void anExpiredAuthorityBetween() throws IOException {
        TestAuthority root = both("ecdsa");
        Instant end = Instant.parse("2026-01-02T03:04:05Z");
        TestAuthority below = root.intermediate("old", new Shape().valid(end.minus(Duration.ofDays(10)), end));
        key(ofA, below.issue("alice.example"));
        trust(ofB, root.certificate(), below.certificate());
        assertThat(refused().text()).contains("CN=old").contains("expired at 2026-01-02T03:04:05Z");
    }

    @Test
    void notYetValid() {
        TestAuthority root = both("ecdsa");
        Instant start = Instant.now().plus(Duration.ofDays(2));
        key(ofA, root.issue("alice.example", new Shape().valid(start, start.plus(Duration.ofDays(2)))));
        assertThat(refused().code()).isEqualTo(ReasonCode.CERTIFICATE_NOT_YET_VALID);
    }

    @ParameterizedTest
    @ValueSource(longs = {3600, -60})
    void revoked(long listGoodFor) {
        TestAuthority root = both("ecdsa");
        Issued alice = root.issue("alice.example");
        key(ofA, alice);
        ofB.put(
                Credentials.CRL_FILES,
                List.of(root.revoke(Instant.now().plusSeconds(listGoodFor), alice)
                        .toString()));
        Reason reason = refused();
        assertThat(reason.code()).isEqualTo(ReasonCode.CERTIFICATE_REVOKED);
        assertThat(reason.text())
                .contains("by the list of CN=root-ecdsa,O=Sallyport Tests")
                .contains("KEY_COMPROMISE");
    }

    @Test
    void aListThatNamesOthersLetsIn() {
        TestAuthority root = both("ecdsa");
        Path list = root.revoke(Instant.now().plusSeconds(3600), root.issue("mallory.example"));
        ofB.put(Credentials.CRL_FILES, List.of(list.toString()));
        revocation = Revocation.STRICT;
        ofA.put(Credentials.CRL_FILES, List.of(list.toString()));
        established();
    }

    @Test
    void strictMissesAList() {
        both("ecdsa");
        revocation = Revocation.STRICT;
        Reason reason = refused();
        assertThat(reason.code()).isEqualTo(ReasonCode.REVOCATION_UNKNOWN);
        assertThat(reason.text()).contains("crl-files").contains("revocation = if-present");
    }

    @Test
    void anotherIdentity() {
        TestAuthority root = both("ecdsa");
        key(ofA, root.issue("mallory.example"));
        Reason reason = refused();
        assertThat(reason.code()).isEqualTo(ReasonCode.IDENTITY_NOT_IN_CERTIFICATE);
        assertThat(reason.text()).contains("alice.example").contains("mallory.example");
    }

    @Test
    void aWildcardInACertificateIsNoWildcard() {
        TestAuthority root = both("ecdsa");
        key(ofA, root.issue("*.example"));
        assertThat(refused().code()).isEqualTo(ReasonCode.IDENTITY_NOT_IN_CERTIFICATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CN=alice.example, O=Sallyport Tests", "CN=*, O=Sallyport Tests", "*"})
    void aSubjectIsAnIdentity(String expected) {
        both("ecdsa");
        identityOfA = "CN=alice.example, O=Sallyport Tests";
        expectedByB = expected;
        established();
        assertThat(world.b.only().state().peerIdentity().orElseThrow().text())
                .isEqualTo("CN=alice.example,O=Sallyport Tests");
    }

    @Test
    void aNamePattern() {
        both("ecdsa");
        expectedByB = "*.example";
        established();
    }

    @Test
    void aWeakKey() {
        TestAuthority root = both("rsa");
        Issued weak = root.issue("alice.example", "CN=weak", "rsa1024", new Shape());
        ofB.put(Credentials.CA_FILES, List.of(root.certificate().toString()));
        key(ofA, weak);
        NegotiationResult result = negotiate();
        assertThat(((NegotiationResult.Refused) result).reason().text()).contains("1024 bits");
    }

    @Test
    void sha1() {
        TestAuthority root = both("rsa");
        key(ofA, root.issue("alice.example", new Shape().signedBy("SHA1withRSA")));
        assertThat(refused().text()).contains("signed with SHA1withRSA");
    }

    @Test
    void meantForSomethingElse() {
        TestAuthority root = both("ecdsa");
        key(
                ofA,
                root.issue(
                        "alice.example",
                        new Shape()
                                .with(
                                        Extension.extendedKeyUsage,
                                        true,
                                        new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))));
        assertThat(refused().text()).contains("extended key usage");
    }

    @Test
    void notMeantToSign() {
        TestAuthority root = both("ecdsa");
        key(
                ofA,
                root.issue(
                        "alice.example",
                        new Shape().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement))));
        assertThat(refused().text()).contains("key usage has neither digitalSignature");
    }

    @Test
    void anAuthorityOutsideItsNames() {
        TestAuthority root = both("ecdsa");
        NameConstraints names = new NameConstraints(
                new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, "other.org"))}, null);
        TestAuthority below = root.intermediate("narrow", new Shape().with(Extension.nameConstraints, true, names));
        key(ofA, below.issue("alice.example"));
        trust(ofB, root.certificate(), below.certificate());
        Reason reason = refused();
        assertThat(reason.code()).isEqualTo(ReasonCode.CERTIFICATE_UNSUITABLE);
        assertThat(reason.text()).contains("name constraints");
    }

    @Test
    void theKeyOfAnotherCertificate() {
        TestAuthority root = both("ecdsa");
        Issued other = root.issue("alice.example");
        ofA.put(Credentials.CERTIFICATE_FILE, List.of(other.certificate().toString()));
        NegotiationResult result = negotiate();
        assertThat(((NegotiationResult.Refused) result).reason().text())
                .contains("it is not the key of the certificate in certificate-file");
    }

    @Test
    void aPinnedCertificateNeedsNoAuthority() {
        both("ecdsa");
        ofB.remove(Credentials.CA_FILES);
        ofB.put(Credentials.REMOTE_CERTIFICATE_FILE, ofA.getOrDefault(Credentials.CERTIFICATE_FILE, List.of()));
        established();
    }

    @Test
    void anotherThanThePinnedCertificate() {
        TestAuthority root = both("ecdsa");
        Issued other = root.issue("alice.example");
        ofB.put(Credentials.REMOTE_CERTIFICATE_FILE, List.of(other.certificate().toString()));
        assertThat(refused().text()).contains("is not the certificate in remote-certificate-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa384", "ed25519", "ed448"})
    void rawPublicKeys(String kind) {
        List<Map<String, List<String>>> sides = new ArrayList<>(List.of(ofA, ofB));
        for (int i = 0; i < 2; i++) {
            var pair = TestAuthority.pair(kind);
            Path key = TestAuthority.writePem(folder.resolve("raw" + i + ".key"), pair.getPrivate());
            Path publicHalf = TestAuthority.writePem(folder.resolve("raw" + i + ".pub"), pair.getPublic());
            sides.get(i).put(Credentials.KEY_FILE, List.of(key.toString()));
            sides.get(1 - i).put(Credentials.PUBLIC_KEY_FILE, List.of(publicHalf.toString()));
        }
        established();
    }

    @Test
    void anotherRawPublicKey() {
        rawPublicKeys("ed25519");
        world.a.sessions.clear();
        world.a.bySpi.clear();
        ofB.put(
                Credentials.PUBLIC_KEY_FILE,
                List.of(TestAuthority.writePem(
                                folder.resolve("other.pub"),
                                TestAuthority.pair("ed25519").getPublic())
                        .toString()));
        NegotiationResult result = negotiate();
        assertThat(result).isInstanceOf(NegotiationResult.Refused.class);
        assertThat(world.b.notices.toString()).contains("no key that is configured for it fits");
    }

    @Test
    void aChangedFileIsReadAgain() throws IOException {
        TestAuthority root = both("ecdsa");
        established();
        Path list = root.revoke(Instant.now().plusSeconds(3600));
        ofB.put(Credentials.CRL_FILES, List.of(list.toString()));
        long again = negotiateAnew();
        assertThat(world.a.results.get(again)).isInstanceOf(NegotiationResult.Established.class);
        Files.delete(list);
        assertThat(world.a.results.get(negotiateAnew())).isInstanceOf(NegotiationResult.Refused.class);
    }

    private long negotiateAnew() {
        world.a.sessions.clear();
        world.a.bySpi.clear();
        configure(world.b, world.a, ofB, "bob.example", expectedByB);
        long negotiation = world.a.negotiate("p0", world.now + 5 * 1000 * World.MS, world.now);
        world.run(1000 * World.MS);
        return negotiation;
    }

    @Test
    void whatACertificateProvedIsProvenAnewBeforeItExpires() {
        TestAuthority root = both("ecdsa");
        Instant end = Instant.now().plus(Duration.ofMinutes(10));
        key(ofA, root.issue("alice.example", new Shape().valid(end.minus(Duration.ofDays(1)), end)));
        established();
        assertThat(world.sent.getLast().summary().payloads()).contains("N(" + NotifyType.AUTH_LIFETIME + ")");
        assertThat(world.b.notices.toString()).doesNotContain("IkeDown");
        world.run(Duration.ofMinutes(11).toNanos());
        assertThat(world.b.notices.toString()).contains("IkeDown");
        assertThat(world.b.established()).isEqualTo(1);
    }

    @Test
    void theSaEndsWithTheCertificateWhenNoNewProofIsToBeHad() throws IOException {
        TestAuthority root = both("ecdsa");
        Instant end = Instant.now().plus(Duration.ofMinutes(10));
        Issued own = root.issue("alice.example", new Shape().valid(end.minus(Duration.ofDays(1)), end));
        key(ofA, own);
        established();
        Issued expired = root.issue(
                "alice.example", new Shape().valid(end.minus(Duration.ofDays(2)), end.minus(Duration.ofDays(1))));
        Files.move(expired.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(expired.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        world.run(Duration.ofMinutes(11).toNanos());
        assertThat(world.b.established()).isZero();
        assertThat(world.b.notices.toString()).contains("proof of its identity counts no longer");
    }
}
