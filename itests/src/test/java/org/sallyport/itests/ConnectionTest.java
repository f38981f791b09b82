package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;

/** A connection starts when it is told to, says how it stands and why, and comes back by itself. */
@Timeout(240)
class ConnectionTest {
    private static final String SECRET = "known to both gates";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Site HOST = Site.host(SECRET);

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(Lab.Plan.standard("connection", PeerKind.SALLYPORT)
                .withHost(HOST)
                .withGateway(Site.gateway(SECRET))));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    void startsByItselfAndComesBackWhenThePeerEndsIt() {
        long begin = EventLog.now();
        configure("at-start");
        lab.host().journal().await(begin, "child-sa-up", SOON);
        awaitState("\"up\"");

        long ended = EventLog.now();
        fixture.gatewayShell().deleteIke();
        long down = lab.host().journal().await(ended, "ike-sa-down", SOON).micros();
        lab.host().journal().await(down, "child-sa-up", SOON);
        awaitState("\"up\"");
        assertThat(lab.host().shell("sallyport:connection-history", Site.PEER))
                .contains("IKE SA gw[")
                .contains("deleted by peer \"gw\"");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void waitsForAnAdministratorAndSaysSoToWhoeverAsks() {
        configure("by-hand");
        lab.host().shell("sallyport:connection-down", Site.PEER);
        fixture.forgetSas();
        Fetch refused = lab.fetch();
        assertThat(refused.exit()).isNotZero();
        assertThat(lab.host().journal().since(refused.startedMicros(), "refused"))
                .anySatisfy(event -> assertThat(event.toString()).contains("is started by hand alone"));

        assertThat(lab.host().shell("sallyport:connection-up", Site.PEER)).contains("policy lab: up");
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.host().shell("sallyport:connection-down", Site.PEER)).contains("gw is taken down");
        awaitState("\"configured\"");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static void configure(String start) {
        Appliance host = lab.host();
        long now = EventLog.now();
        String file = HOST.withPeer("start", start).files(host.base()).getOrDefault(Site.PEER_FILE, "");
        host.configure(Site.PEER_FILE, file);
        host.journal().await(now, "policy-generation", SOON);
    }

    private static void awaitState(String state) {
        Wait.until("the connection to be " + state, SOON, () -> lab.host()
                .shell("sallyport:connection-list", "--json")
                .contains(state));
    }
}
