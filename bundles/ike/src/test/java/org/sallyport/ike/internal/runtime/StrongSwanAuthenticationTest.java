package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.ike.internal.pki.TestAuthority;
import org.sallyport.ike.internal.pki.TestAuthority.Issued;
import org.sallyport.ike.internal.pki.TestAuthority.Shape;
import org.sallyport.lab.matrix.Initiator;

/** Certificates, raw public keys and EAP against Debian's strongSwan, both as initiator and as responder. */
class StrongSwanAuthenticationTest {
    @RegisterExtension
    static final TwoSides SIDES = new TwoSides();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    // ---- what strongSwan is told ----

    /** It proves itself by a key, and wants a proof by another. */
    private static SwanctlConf byPublicKey(Path key) throws IOException {
        SIDES.theirs().give("private", key);
        return SwanctlConf.psk().with("local/auth", "pubkey").with("remote/auth", "pubkey");
    }

    private static SwanctlConf byCertificate(Issued own, TestAuthority root) throws IOException {
        return byPublicKey(own.key())
                .with("local/certs", own.certificate().toString())
                .with("remote/cacerts", root.certificate().toString());
    }

    // ---- what we are told ----

    private static String[] pubkey(TestAuthority root, Path key, Path certificates, String... more) {
        List<String> keys = new ArrayList<>(List.of(
                "local-auth=pubkey",
                "remote-auth=pubkey",
                "key-file=" + key,
                "certificate-file=" + certificates,
                "ca-files=" + root.certificate()));
        keys.addAll(List.of(more));
        return keys.toArray(String[]::new);
    }

    private static String[] pubkey(TestAuthority root, Issued own, String... more) {
        return pubkey(root, own.key(), own.certificate(), more);
    }

    private static void bothDirections(String feature) throws Exception {
        SIDES.establish(Initiator.SALLYPORT);
        SIDES.shown(feature, Initiator.SALLYPORT);
        SIDES.endAll();
        SIDES.establish(Initiator.STRONGSWAN);
        SIDES.shown(feature, Initiator.STRONGSWAN);
    }

    // ---- certificates and raw keys ----

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa", "ed25519"})
    void certificates(String kind) throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", kind);
        SIDES.theirs().load(byCertificate(root.issue("bob.example"), root));
        SIDES.ours().configure(pubkey(root, root.issue("alice.example")));
        TwoSides.Since since = SIDES.since();
        bothDirections(name(kind));
        assertThat(since.theirs()).contains("authentication of 'alice.example' with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa"})
    void withoutRfc7427(String kind) throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", kind);
        SIDES.theirSettings("signature_authentication = no");
        SIDES.theirs().load(byCertificate(root.issue("bob.example"), root));
        SIDES.ours().configure(pubkey(root, root.issue("alice.example")));
        TwoSides.Since since = SIDES.since();
        bothDirections(name(kind) + " without RFC 7427");
        assertThat(since.theirs()).doesNotContainPattern("generating IKE_SA_INIT [^\n]*HASH_ALG");
    }

    /** What a person calls a kind of key. */
    private static String name(String kind) {
        return kind.equals("ed25519") ? "Ed25519" : kind.toUpperCase(Locale.ROOT);
    }

    @Test
    void aChain() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        chain(root, 1);
        bothDirections("a chain of certificates");
    }

    @Test
    void aLongChainGoesInFragments() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "rsa");
        chain(root, 4);
        TwoSides.Since since = SIDES.since();
        bothDirections("fragments, with a long chain of certificates");
        assertThat(since.theirs())
                .contains("parsed IKE_AUTH request 1 [ EF(")
                .contains("parsed IKE_AUTH response 1 [ EF(")
                .contains("generating IKE_AUTH request 1 [ EF(")
                .contains("generating IKE_AUTH response 1 [ EF(");
    }

    /** Has both sides prove themselves by certificates that lead to the root over so many other authorities. */
    private void chain(TestAuthority root, int length) throws Exception {
        List<TestAuthority> chain = new ArrayList<>(List.of(root));
        for (int depth = 1; depth <= length; depth++) {
            chain.add(chain.getLast().intermediate("depth" + depth, new Shape()));
        }
        Issued alice = chain.getLast().issue("alice.example");
        Issued bob = chain.getLast().issue("bob.example");
        StringBuilder certificates = new StringBuilder(Files.readString(alice.certificate()));
        for (TestAuthority each : chain.subList(1, chain.size())) {
            certificates.append(Files.readString(each.certificate()));
            SIDES.theirs().give("x509ca", each.certificate());
        }
        SIDES.theirs().load(byCertificate(bob, root));
        SIDES.ours().configure(pubkey(root, alice.key(), Files.writeString(folder.resolve("chain.pem"), certificates)));
    }

    @Test
    void rawPublicKeys() throws Exception {
        var own = TestAuthority.pair("ed25519");
        var other = TestAuthority.pair("ecdsa");
        Path ownKey = TestAuthority.writePem(folder.resolve("a.key"), own.getPrivate());
        Path ownPublic = TestAuthority.writePem(folder.resolve("a.pub"), own.getPublic());
        Path otherKey = TestAuthority.writePem(folder.resolve("b.key"), other.getPrivate());
        Path otherPublic = TestAuthority.writePem(folder.resolve("b.pub"), other.getPublic());
        SIDES.theirs()
                .load(byPublicKey(otherKey)
                        .with("local/pubkeys", otherPublic.toString())
                        .with("remote/pubkeys", ownPublic.toString()));
        SIDES.ours()
                .configure(
                        "local-auth=pubkey",
                        "remote-auth=pubkey",
                        "key-file=" + ownKey,
                        "public-key-file=" + otherPublic);
        bothDirections("raw public keys");
    }

    @Test
    void aRevokedCertificateIsToldInWords() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        Path list = root.revoke(Instant.now().plusSeconds(3600), bob);
        SIDES.theirs().load(byCertificate(bob, root));
        SIDES.ours().configure(pubkey(root, root.issue("alice.example"), "crl-files=" + list));
        assertThat(SIDES.tell("negotiate net1"))
                .as(SIDES::story)
                .contains("was revoked at")
                .contains("KEY_COMPROMISE");
        assertThat(SIDES.swanctl("--initiate", "--child", "net1")).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void theirRefusalOfAnExpiredCertificate() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Instant end = Instant.now().minus(Duration.ofDays(1));
        Issued alice = root.issue("alice.example", new Shape().valid(end.minus(Duration.ofDays(1)), end));
        SIDES.theirs().load(byCertificate(root.issue("bob.example"), root));
        SIDES.ours().configure(pubkey(root, alice));
        assertThat(SIDES.tell("negotiate net1")).as(SIDES::story).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void aWrongIdentityIsToldInWords() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        SIDES.theirs().load(byCertificate(root.issue("bob.example"), root));
        SIDES.ours().configure(pubkey(root, root.issue("alice.example"), "remote-identity=carol.example"));
        assertThat(SIDES.tell("negotiate net1")).as(SIDES::story).startsWith("refused");
    }

    // ---- EAP ----

    private static void needsMsChapV2() {
        assumeTrue(
                Files.exists(Path.of("/usr/lib/ipsec/plugins/libstrongswan-eap-mschapv2.so")),
                "libcharon-extauth-plugins is not installed");
    }

    private static SwanctlConf eapSecret(SwanctlConf conf, String secret) {
        return conf.withTop("secrets/eap-1/id", "wonderland").withTop("secrets/eap-1/secret", '"' + secret + '"');
    }

    @Test
    void weProveOurselvesByMsChapV2() throws Exception {
        needsMsChapV2();
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        SwanctlConf conf = byCertificate(bob, root)
                .without("remote/cacerts")
                .with("remote/auth", "eap-mschapv2")
                .with("remote/eap_id", "%any");
        SIDES.theirs().load(eapSecret(conf, "a secret of both"));
        SIDES.ours()
                .configure(
                        "local-auth=eap-mschapv2",
                        "remote-auth=pubkey",
                        "ca-files=" + root.certificate(),
                        "eap-identity=wonderland",
                        "eap-secret-file=" + bob.key());
        SIDES.establish(Initiator.SALLYPORT);
        SIDES.shown("EAP-MSCHAPv2 by the initiator", Initiator.SALLYPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a secret of both", "another"})
    void theyProveThemselvesByMsChapV2(String secret) throws Exception {
        needsMsChapV2();
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued alice = root.issue("alice.example");
        SwanctlConf conf = SwanctlConf.psk()
                .with("local/auth", "eap-mschapv2")
                .with("local/eap_id", "wonderland")
                .with("remote/auth", "pubkey")
                .with("remote/cacerts", root.certificate().toString());
        SIDES.theirs().load(eapSecret(conf, secret));
        SIDES.ours()
                .configure(
                        "local-auth=pubkey",
                        "remote-auth=eap-mschapv2",
                        "key-file=" + alice.key(),
                        "certificate-file=" + alice.certificate(),
                        "eap-identity=wonderland",
                        "eap-secret-file=" + alice.key());
        TwoSides.Since since = SIDES.since();
        if (secret.equals("another")) {
            assertThat(SIDES.swanctl("--initiate", "--child", "net1")).contains("failed");
            SIDES.eventually("the reason in the log", () -> since.ours().contains("the password is wrong"));
        } else {
            SIDES.establish(Initiator.STRONGSWAN);
            SIDES.shown("EAP-MSCHAPv2 by the initiator", Initiator.STRONGSWAN);
        }
    }
}
