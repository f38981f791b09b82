package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** When it cannot be, the application learns it by an errno that fits, people learn why, and nothing leaves in clear. */
@Timeout(120)
class RefusalTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SECRET = "the right secret";
    private static final String CLOSED = "org.sallyport.policy-closed.cfg";

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Site site;

    @BeforeAll
    static void openLab() {
        site = Site.host(SECRET);
        fixture = WATCHER.watch(LabFixture.open(new Lab.Plan(
                "refuse", PeerKind.STRONGSWAN, site, Site.gateway(SECRET), StrongSwanSettings.gateway(SECRET), "")));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @AfterEach
    void backToWhatWorks() {
        lab.network()
                .wan()
                .command("ip", "route", "del", "blackhole", LabNetwork.GATEWAY_OUTER + "/32")
                .run();
        lab.strongSwan().reconfigure(StrongSwanSettings.gateway(SECRET));
        reopen();
        tell(site);
        fixture.forgetSas();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        fixture.forgetSas();
    }

    private static void reopen() {
        if (lab.host().unconfigure(CLOSED)) {
            Wait.until("the page to be allowed again", SOON, () -> lab.fetch().httpStatus() == 200);
        }
    }

    /** Gives the host new files and waits until they are in force. */
    private static void tell(Site told) {
        long now = EventLog.now();
        long changed = told.files(lab.host().base()).entrySet().stream()
                .filter(file -> lab.host().configureIfDifferent(file.getKey(), file.getValue()))
                .filter(file -> file.getKey().endsWith(".cfg"))
                .count();
        // A secret is read when it is needed: another one makes no other policies.
        if (changed > 0) {
            lab.host().journal().await(now, "policy-generation", SOON);
        }
    }

    /** A plain blocking connect(), and what bash says about it. */
    private static String connect() {
        Command.Result result = lab.underInterceptor(
                        "bash", "-c", "exec 3<>/dev/tcp/" + LabNetwork.SERVER + "/" + Lab.HTTP_PORT)
                .within(Duration.ofSeconds(30))
                .run();
        assertThat(result.succeeded()).isFalse();
        return result.errors();
    }

    private static JournalEvent refusal(long since) {
        JournalEvent refused = lab.host().journal().await(since, "refused", SOON);
        assertThat(refused.value("reason")).isNotEmpty();
        assertThat(lab.outer().settled()).noneMatch(org.sallyport.lab.session.ClearText::in);
        return refused;
    }

    @Test
    void aWrongSecretIsRefused() {
        lab.strongSwan().reconfigure(StrongSwanSettings.gateway("another secret"));
        long now = EventLog.now();
        assertThat(connect()).contains("Connection refused");
        JournalEvent refused = refusal(now);
        assertThat(refused.value("errno")).isEqualTo("ECONNREFUSED");
        assertThat(refused.value("reason"))
                .contains("refused our authentication")
                .contains("secret");
    }

    @Test
    void aSecretThatOnlyThePeerHasRightIsRefusedToo() {
        tell(site.withSecret("another secret"));
        long now = EventLog.now();
        assertThat(connect()).contains("Connection refused");
        assertThat(refusal(now).value("reason")).contains("secret");
    }

    @Test
    void anUnreachablePeerTimesOutAfterTheHoldTime() {
        lab.network().wan().ip("route", "add", "blackhole", LabNetwork.GATEWAY_OUTER + "/32");
        long now = EventLog.now();
        assertThat(connect()).contains("Connection timed out");
        JournalEvent refused = refusal(now);
        assertThat(refused.value("errno")).isEqualTo("ETIMEDOUT");
        assertThat((refused.micros() - now) / 1e6).isBetween(4.5, 8.0);
    }

    @Test
    void withoutACommonProposalThePeersRefusalIsPassedOn() {
        lab.strongSwan()
                .reconfigure(StrongSwanSettings.gateway(SECRET).withProposals("aes128-sha256-modp2048", "aes256gcm16"));
        long now = EventLog.now();
        assertThat(connect()).contains("Connection refused");
        assertThat(refusal(now).value("reason")).contains("refused").contains("we offered aes256gcm16");
    }

    @Test
    void withoutACommonChildProposalThePeersRefusalIsPassedOn() {
        lab.strongSwan()
                .reconfigure(StrongSwanSettings.gateway(SECRET)
                        .withProposals("aes256gcm16-prfsha256-x25519", "aes128-sha256"));
        long now = EventLog.now();
        assertThat(connect()).contains("Connection refused");
        assertThat(refusal(now).value("reason")).contains("NO_PROPOSAL_CHOSEN").contains("we offered");
    }

    @Test
    void whatPolicyDiscardsIsNotPermitted() {
        long changed = EventLog.now();
        lab.host().configure(CLOSED, """
                schema-version = 1
                order = 1
                action = discard
                local = %s
                remote = %s
                protocol = tcp
                """.formatted(LabNetwork.HOST_INNER, LabNetwork.SERVER));
        lab.host().journal().await(changed, "policy-generation", SOON);
        long now = EventLog.now();
        assertThat(connect()).contains("Permission denied");
        JournalEvent refused = refusal(now);
        assertThat(refused.value("errno")).isEqualTo("EACCES");
        assertThat(refused.value("reason")).contains("closed");
    }

    @Test
    void aWrongFileChangesNothingAndIsNamed() {
        long now = EventLog.now();
        lab.host().configure(CLOSED, """
                schema-version = 1
                action = discrad
                local = %s
                remote = %s
                """.formatted(LabNetwork.HOST_INNER, LabNetwork.SERVER));
        JournalEvent rejected = lab.host().journal().await(now, "policy-rejected", SOON);
        assertThat(rejected.toString())
                .contains(CLOSED)
                .contains("action")
                .contains("discrad")
                .contains("protect");
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
    }
}
