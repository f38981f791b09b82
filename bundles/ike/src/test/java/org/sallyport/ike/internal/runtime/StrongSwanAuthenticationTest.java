package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.ike.internal.pki.TestAuthority;
import org.sallyport.ike.internal.pki.TestAuthority.Issued;
import org.sallyport.ike.internal.pki.TestAuthority.Shape;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import org.sallyport.lab.process.Wait;

/** Certificates, raw public keys and EAP against Debian's strongSwan, both as initiator and as responder. */
class StrongSwanAuthenticationTest {
    private static final String OURS = "10.98.0.1";
    private static final String THEIRS = "10.98.0.2";
    private static final long PID = ProcessHandle.current().pid();
    private static final String LEFT = "ika" + PID + "a";
    private static final String RIGHT = "ika" + PID + "b";
    private static final String BY_PUBLIC_KEY = "auth = pubkey";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private String settings = "";
    private @Nullable StrongSwan strongSwan;
    private @Nullable Process negotiator;
    private @Nullable PrintWriter commands;
    private @Nullable BufferedReader answers;

    @BeforeAll
    static void makeNetwork() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.exists(Path.of("/usr/sbin/charon-systemd")), "charon-systemd is not installed");
        run("ip", "netns", "add", LEFT);
        run("ip", "netns", "add", RIGHT);
        run("ip", "-n", LEFT, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", RIGHT);
        for (String[] side : new String[][] {{LEFT, OURS}, {RIGHT, THEIRS}}) {
            run("ip", "-n", side[0], "address", "add", side[1] + "/24", "dev", "wire");
            run("ip", "-n", side[0], "link", "set", "wire", "up");
            run("ip", "-n", side[0], "link", "set", "lo", "up");
        }
        run("ip", "-n", RIGHT, "address", "add", "10.2.1.1/24", "dev", "lo");
    }

    @AfterAll
    static void removeNetwork() throws IOException, InterruptedException {
        run("ip", "netns", "del", LEFT);
        run("ip", "netns", "del", RIGHT);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (negotiator != null) {
            negotiator.destroy();
            negotiator.waitFor(5, TimeUnit.SECONDS);
        }
        if (strongSwan != null) {
            strongSwan.close();
        }
    }

    /** Starts strongSwan with our address, its key, and what it says of both sides. */
    private StrongSwan theirs(Path key, String local, String remote, String secrets)
            throws IOException, InterruptedException {
        Path keys = Files.createDirectories(folder.resolve("swanctl/private"));
        Files.copy(key, keys.resolve("bob.key"));
        StrongSwan started =
                StrongSwan.start(folder, RIGHT, """
                connections {
                  alice {
                    version = 2
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = aes128gcm16-prfsha256-x25519
                    encap = yes
                    local { %s
                      id = bob.example }
                    remote { %s }
                    children {
                      net1 { local_ts = 10.2.1.0/24
                        remote_ts = 10.1.1.0/24
                        esp_proposals = aes128gcm16-noesn }
                    }
                  }
                }
                secrets { %s }
                """.formatted(THEIRS, OURS, local, remote, secrets), 1280, settings);
        strongSwan = started;
        return started;
    }

    private void ours(String... keys) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", LEFT));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                NegotiatorProcess.class.getName(),
                OURS,
                THEIRS,
                "aes128gcm16-prfsha256-x25519",
                "aes128gcm16-noesn"));
        command.addAll(List.of(keys));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("negotiator").toFile())
                .start();
        negotiator = process;
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(answers.readLine()).as(this::story).isEqualTo("running");
    }

    private String tell(String command) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("not started");
        }
        commands.println(command);
        String answer = answers.readLine();
        return answer == null ? "(ended)" : answer;
    }

    private String story() {
        try {
            Path log = folder.resolve("negotiator");
            return "negotiator:\n" + (Files.exists(log) ? Files.readString(log) : "") + "\nstrongSwan:\n"
                    + (strongSwan == null ? "" : strongSwan.log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void bothDirections(StrongSwan theirs, String feature) throws IOException, InterruptedException {
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        shown(feature, Initiator.SALLYPORT);
        tell("delete-ike");
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!tell("ike").equals("[]") && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(theirs.swanctl("--initiate", "--child", "net1"))
                .as(this::story)
                .contains("initiate completed successfully");
        assertThat(tell("ike")).as(this::story).contains("established");
        shown(feature, Initiator.STRONGSWAN);
    }

    private static void shown(String feature, Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown(feature, initiator, StrongSwanAuthenticationTest.class);
    }

    private String[] pubkey(TestAuthority root, Issued own, String... more) {
        List<String> keys = new ArrayList<>(List.of(
                "local-auth=pubkey",
                "remote-auth=pubkey",
                "key-file=" + own.key(),
                "certificate-file=" + own.certificate(),
                "ca-files=" + root.certificate()));
        keys.addAll(List.of(more));
        return keys.toArray(String[]::new);
    }

    private static String certificate(Issued issued) {
        return BY_PUBLIC_KEY + "\n certs = " + issued.certificate();
    }

    private static String trusting(TestAuthority root) {
        return BY_PUBLIC_KEY + "\n id = alice.example\n cacerts = " + root.certificate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa", "ed25519"})
    void certificates(String kind) throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", kind);
        Issued bob = root.issue("bob.example");
        StrongSwan theirs = theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(pubkey(root, root.issue("alice.example")));
        bothDirections(theirs, name(kind));
        assertThat(theirs.log()).contains("authentication of 'alice.example' with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ecdsa"})
    void withoutRfc7427(String kind) throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", kind);
        Issued bob = root.issue("bob.example");
        settings = "signature_authentication = no";
        StrongSwan theirs = theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(pubkey(root, root.issue("alice.example")));
        bothDirections(theirs, name(kind) + " without RFC 7427");
    }

    @Test
    void aChain() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        TestAuthority below = root.intermediate("below", new Shape());
        Issued alice = below.issue("alice.example");
        Issued bob = below.issue("bob.example");
        Path chain = folder.resolve("chain.pem");
        Files.writeString(chain, Files.readString(alice.certificate()) + Files.readString(below.certificate()));
        Path authorities = Files.createDirectories(folder.resolve("swanctl/x509ca"));
        Files.copy(below.certificate(), authorities.resolve("below.pem"));
        StrongSwan theirs = theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(
                "local-auth=pubkey",
                "remote-auth=pubkey",
                "key-file=" + alice.key(),
                "certificate-file=" + chain,
                "ca-files=" + root.certificate());
        bothDirections(theirs, "a chain of certificates");
    }

    /** What a person calls a kind of key. */
    private static String name(String kind) {
        return kind.equals("ed25519") ? "Ed25519" : kind.toUpperCase(Locale.ROOT);
    }

    @Test
    void aLongChainGoesInFragments() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "rsa");
        List<TestAuthority> chain = new ArrayList<>(List.of(root));
        for (int depth = 1; depth <= 4; depth++) {
            chain.add(chain.getLast().intermediate("depth" + depth, new Shape()));
        }
        Issued alice = chain.getLast().issue("alice.example");
        Issued bob = chain.getLast().issue("bob.example");
        StringBuilder certificates = new StringBuilder(Files.readString(alice.certificate()));
        Path authorities = Files.createDirectories(folder.resolve("swanctl/x509ca"));
        for (TestAuthority each : chain.subList(1, chain.size())) {
            certificates.append(Files.readString(each.certificate()));
            Files.copy(
                    each.certificate(), authorities.resolve(each.certificate().getFileName()));
        }
        StrongSwan theirs = theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(
                "local-auth=pubkey",
                "remote-auth=pubkey",
                "key-file=" + alice.key(),
                "certificate-file=" + Files.writeString(folder.resolve("chain.pem"), certificates),
                "ca-files=" + root.certificate());
        bothDirections(theirs, "fragments, with a long chain of certificates");
        assertThat(theirs.log())
                .contains("parsed IKE_AUTH request 1 [ EF(")
                .contains("parsed IKE_AUTH response 1 [ EF(")
                .contains("generating IKE_AUTH request 1 [ EF(")
                .contains("generating IKE_AUTH response 1 [ EF(");
    }

    @Test
    void rawPublicKeys() throws Exception {
        var own = TestAuthority.pair("ed25519");
        var other = TestAuthority.pair("ecdsa");
        Path ownKey = TestAuthority.writePem(folder.resolve("a.key"), own.getPrivate());
        Path ownPublic = TestAuthority.writePem(folder.resolve("a.pub"), own.getPublic());
        Path otherKey = TestAuthority.writePem(folder.resolve("b.key"), other.getPrivate());
        Path otherPublic = TestAuthority.writePem(folder.resolve("b.pub"), other.getPublic());
        StrongSwan theirs = theirs(
                otherKey,
                BY_PUBLIC_KEY + "\n pubkeys = " + otherPublic,
                BY_PUBLIC_KEY + "\n id = alice.example\n pubkeys = " + ownPublic,
                "");
        ours("local-auth=pubkey", "remote-auth=pubkey", "key-file=" + ownKey, "public-key-file=" + otherPublic);
        bothDirections(theirs, "raw public keys");
    }

    @Test
    void aRevokedCertificateIsToldInWords() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        Path list = root.revoke(Instant.now().plusSeconds(3600), bob);
        StrongSwan theirs = theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(pubkey(root, root.issue("alice.example"), "crl-files=" + list));
        assertThat(tell("negotiate net1"))
                .as(this::story)
                .contains("was revoked at")
                .contains("KEY_COMPROMISE");
        assertThat(theirs.swanctl("--initiate", "--child", "net1")).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void theirRefusalOfAnExpiredCertificate() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        Instant end = Instant.now().minus(Duration.ofDays(1));
        Issued alice = root.issue("alice.example", new Shape().valid(end.minus(Duration.ofDays(1)), end));
        theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(pubkey(root, alice));
        assertThat(tell("negotiate net1")).as(this::story).contains("AUTHENTICATION_FAILED");
    }

    @Test
    void aWrongIdentityIsToldInWords() throws Exception {
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        theirs(bob.key(), certificate(bob), trusting(root), "");
        ours(pubkey(root, root.issue("alice.example"), "remote-identity=carol.example"));
        assertThat(tell("negotiate net1")).as(this::story).startsWith("refused");
    }

    // ---- EAP ----

    private static void needsMsChapV2() {
        assumeTrue(
                Files.exists(Path.of("/usr/lib/ipsec/plugins/libstrongswan-eap-mschapv2.so")),
                "libcharon-extauth-plugins is not installed");
    }

    @Test
    void weProveOurselvesByMsChapV2() throws Exception {
        needsMsChapV2();
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued bob = root.issue("bob.example");
        theirs(
                bob.key(),
                certificate(bob),
                "auth = eap-mschapv2\n id = alice.example\n eap_id = %any",
                "eap-1 { id = wonderland\n secret = \"a secret of both\" }");
        ours(
                "local-auth=eap-mschapv2",
                "remote-auth=pubkey",
                "ca-files=" + root.certificate(),
                "eap-identity=wonderland",
                "eap-secret-file=" + bob.key());
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        shown("EAP-MSCHAPv2 by the initiator", Initiator.SALLYPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a secret of both", "another"})
    void theyProveThemselvesByMsChapV2(String secret) throws Exception {
        needsMsChapV2();
        TestAuthority root = TestAuthority.root(folder, "root", "ecdsa");
        Issued alice = root.issue("alice.example");
        StrongSwan theirs = theirs(
                alice.key(),
                "auth = eap-mschapv2\n eap_id = wonderland",
                trusting(root),
                "eap-1 { id = wonderland\n secret = \"" + secret + "\" }");
        ours(
                "local-auth=pubkey",
                "remote-auth=eap-mschapv2",
                "key-file=" + alice.key(),
                "certificate-file=" + alice.certificate(),
                "eap-identity=wonderland",
                "eap-secret-file=" + alice.key());
        String outcome = theirs.swanctl("--initiate", "--child", "net1");
        if (secret.equals("another")) {
            assertThat(outcome).contains("failed");
            Wait.until("the reason in the log", Duration.ofSeconds(15), () -> Files.readString(
                            folder.resolve("negotiator"))
                    .contains("the password is wrong"));
        } else {
            assertThat(outcome).as(this::story).contains("initiate completed successfully");
            assertThat(tell("ike")).contains("established");
            shown("EAP-MSCHAPv2 by the initiator", Initiator.STRONGSWAN);
        }
    }
}
