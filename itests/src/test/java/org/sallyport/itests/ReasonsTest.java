package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** Whatever goes wrong, the same words stand in log, shell and console: who and what it is, and what to change. */
@Timeout(120)
class ReasonsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SECRET = "known to both gates";
    private static final int REVOKED = 9;
    private static final String BABEL = "babel";
    private static final String WRONG = "org.sallyport.policy-wrong.cfg";
    private static final String GATEWAY = "gw.lab";
    private static final String OTHER = "other.lab";
    private static final Authority AUTHORITY = new Authority();

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static Path files;
    private static LabFixture fixture;
    private static Lab lab;
    private static ConsoleBrowser browser;
    private static StrongSwanSettings good;

    private int logged;

    @BeforeAll
    static void openLab(@TempDir Path directory) {
        files = directory;
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromedriver")), "needs chromium-driver");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromium")), "needs chromium");
        fixture = WATCHER.watch(LabFixture.open(new Lab.Plan(
                "reasons", PeerKind.STRONGSWAN, host(), Site.gateway(SECRET), StrongSwanSettings.gateway(SECRET), "")));
        lab = fixture.lab();
        lab.strongSwan().giveKey(AUTHORITY.peerKey());
        good = StrongSwanSettings.gateway(SECRET).withCertificate(AUTHORITY.certify(files, "good", GATEWAY, 7));
        browser = lab.kept(ConsoleBrowser.open(lab.network().host(), files));
        browser.signIn("admin", lab.host().consolePassword("admin"));
        browser.goTo("connections", "#connections");
    }

    /** The peer proves itself with a certificate, and we with a secret; and there is one who talks nonsense. */
    private static Site host() {
        return Site.host(SECRET)
                .withoutPeer("auth")
                .withPeer("local-auth", "psk")
                .withPeer("remote-auth", "pubkey")
                .withPeer("ca-files", "pki/authority.pem")
                .withPeer("crl-files", "pki/revoked.pem")
                .withFile("pki/authority.pem", AUTHORITY.certificate())
                .withFile("pki/revoked.pem", AUTHORITY.revocation(REVOKED, Instant.parse("2025-05-06T07:08:09Z")))
                .withFile("org.sallyport.peer-" + BABEL + ".cfg", """
                        schema-version = 1
                        remote-address = %s
                        local-identity = host.lab
                        remote-identity = babel.lab
                        auth = psk
                        secret-file = secrets/%s.psk
                        retransmit-first = 200ms
                        retransmit-tries = 2
                        """.formatted(LabNetwork.WAN_HOST_SIDE, Site.PEER))
                .withFile("org.sallyport.policy-" + BABEL + ".cfg", """
                        schema-version = 1
                        action = protect
                        local = %s
                        remote = 10.3.0.0/24
                        peer = %s
                        """.formatted(LabNetwork.HOST_INNER, BABEL));
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    /** With its good certificate the peer is let in: what is refused after that is refused for its own reason. */
    @BeforeEach
    void theWayThatWorks() {
        lab.strongSwan().reconfigure(good);
        // What was refused to an event loop a moment ago is refused for a second more.
        Wait.until("the way that works", SOON, () -> lab.fetch().httpStatus() == 200);
        fixture.forgetSas();
        logged = lab.host().log().length();
    }

    @AfterEach
    void nothingWasSaidInClear() {
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void anExpiredCertificate() {
        lab.strongSwan()
                .reconfigure(good.withCertificate(
                        AUTHORITY.certify(files, "expired", GATEWAY, 8, Instant.parse("2020-02-03T04:05:06Z"))));
        String reason = refused();
        assertThat(reason)
                .contains("peer \"gw\"")
                .contains("CN=expired")
                .contains("expired at 2020-02-03T04:05:06Z")
                .contains("a new one is needed");
        isToldEverywhere(Site.PEER, reason);
    }

    @Test
    void aRevokedCertificate() {
        lab.strongSwan().reconfigure(good.withCertificate(AUTHORITY.certify(files, "revoked", GATEWAY, REVOKED)));
        String reason = refused();
        assertThat(reason)
                .contains("peer \"gw\"")
                .contains("CN=revoked")
                .contains("revoked at 2025-05-06T07:08:09Z by the list of CN=Authority")
                .contains("needs a new key and certificate");
        isToldEverywhere(Site.PEER, reason);
    }

    @Test
    void aPeerThatIsSomebodyElse() {
        lab.strongSwan()
                .reconfigure(good.withLocalId(OTHER).withCertificate(AUTHORITY.certify(files, "other", OTHER, 10)));
        String reason = refused();
        // We name whom we expect (RFC 7296 section 3.5): strongSwan, who is another, refuses by itself.
        assertThat(reason).contains("peer \"gw\" refused our authentication").contains("check the identities");
        isToldEverywhere(Site.PEER, reason);
    }

    @Test
    void somebodyWhomNobodyKnows() {
        lab.strongSwan().reconfigure(StrongSwanSettings.gateway(SECRET).withLocalId("stranger.lab"));
        long now = EventLog.now();
        assertThatThrownBy(lab.strongSwan()::initiate).isInstanceOf(CommandFailedException.class);
        String reason = lab.host().journal().await(now, "ike-sa-failed", SOON).value("reason");
        assertThat(reason)
                .contains("no peer is configured with the identity", "stranger.lab")
                .contains("remote-identity");
        isToldEverywhere(Site.PEER, reason);
        assertThat(lab.host().shell("sallyport:connection-list", "--json"))
                .as("a stranger's failure is not the connection's")
                .doesNotContain("\"connection\":\"" + Site.PEER + "\",\"state\":\"down\"");
    }

    @Test
    void aCertificateFileThatIsGone() {
        lab.host().unconfigure("pki/authority.pem");
        try {
            String reason = refused();
            assertThat(reason).contains("pki/authority.pem cannot be used").contains("no such file");
            isToldEverywhere(Site.PEER, reason);
        } finally {
            lab.host().configure("pki/authority.pem", AUTHORITY.certificate());
        }
    }

    @Test
    void aPeerThatAnswersNonsense() {
        try (Babbler babbler = Babbler.start(lab.network().wan(), LabNetwork.WAN_HOST_SIDE)) {
            String broken = failure();
            assertThat(broken).contains("peer \"babel\" broke the protocol").contains("its administrator");
            isToldEverywhere(BABEL, broken);

            babbler.answer(Babbler::chatter);
            logged = lab.host().log().length();
            String silent = failure();
            assertThat(silent).contains("peer \"babel\" did not answer").contains("check its remote-address");
            isToldEverywhere(BABEL, silent);
        }
    }

    @Test
    void aWrongFile() {
        long now = EventLog.now();
        lab.host().configure(WRONG, """
                schema-version = 1
                action = discrad
                local = %s
                remote = 10.4.0.0/24
                """.formatted(LabNetwork.HOST_INNER));
        try {
            String text =
                    lab.host().journal().await(now, "policy-rejected", SOON).toString();
            assertThat(text).contains(WRONG, "discrad", "protect, bypass, discard");
            assertThat(logLines("discrad")).singleElement().asString().contains(WRONG, "action", "bypass");
            assertThat(lab.host().shell("sallyport:problem-list")).contains(WRONG, "action", "discrad", "bypass");
            browser.awaitText("#configuration-problems", "discrad");
            assertThat(browser.text("#configuration-problems")).contains(WRONG, "action", "bypass");
        } finally {
            lab.host().unconfigure(WRONG);
        }
        Wait.until("the end of the message", SOON, () -> browser.text("#configuration-problems")
                .isEmpty());
    }

    /** What a program is refused for, and the shell says the same of its request. */
    private static String refused() {
        long now = EventLog.now();
        assertThat(lab.fetch().exit()).isNotZero();
        String reason = lab.host().journal().await(now, "refused", SOON).value("reason");
        assertThat(lab.host().shell("sallyport:held-list", "--recent")).contains(reason);
        return reason;
    }

    /** What an administrator is told who brings the connection up. */
    private static String failure() {
        String prefix = "policy " + BABEL + ": ";
        return lab.host()
                .shell("sallyport:connection-up", BABEL)
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElseThrow();
    }

    private void isToldEverywhere(String connection, String reason) {
        assertThat(logLines(reason)).as("lines of the log").hasSize(1);
        assertThat(lab.host().shell("sallyport:connection-list")).contains(reason);
        assertThat(lab.host().shell("sallyport:connection-history", connection)).contains(reason);
        Wait.until("\"" + reason + "\" in the console", SOON, () -> browser.rows("#connections").stream()
                .anyMatch(row ->
                        row.getFirst().startsWith(connection) && row.toString().contains(reason)));
    }

    private List<String> logLines(String words) {
        return lab.host()
                .log()
                .substring(logged)
                .lines()
                .filter(line -> line.contains(words))
                .toList();
    }
}
