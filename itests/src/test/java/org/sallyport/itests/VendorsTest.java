package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** The examples for vendors, installed into running appliances and removed with SAs up. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VendorsTest {
    private static final String SECRET = "known to both gates, and long enough";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TOY = "toy-negotiator";
    private static final String TOKEN = "token-authentication";
    private static final int PORT = 9000;
    /** TCP by the toy protocol, UDP by IKEv2. */
    private static final Site HOST = site(Site.host(SECRET), LabNetwork.HOST_INNER + "/32", LabNetwork.SERVER_NET);

    private static final Site GATEWAY =
            site(Site.gateway(SECRET), LabNetwork.SERVER_NET, LabNetwork.HOST_INNER + "/32");

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    private static Site site(Site plain, String local, String remote) {
        return plain.withPolicy("negotiator", "toy")
                .withPolicy("protocol", "tcp")
                .withFile("org.sallyport.policy-datagrams.cfg", """
                        schema-version = 1
                        order = 20
                        action = protect
                        protocol = udp
                        local = %s
                        remote = %s
                        peer = %s
                        proposals = aes256gcm16-esn-noesn
                        linger = lifetime
                        """.formatted(local, remote, Site.PEER));
    }

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("vendors", PeerKind.SALLYPORT).withHost(HOST).withGateway(GATEWAY)));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    @Order(1)
    void aNegotiatorThatIsNotThereIsNamed() {
        refused("negotiator \"toy\" is not running: install or start the bundle that provides it");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(2)
    void aConnectionIsHeldAndServedByTheToyNegotiator() {
        install(TOY);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(fixture.hostShell().ikeSas())
                .as("IKEv2 had nothing to do with it")
                .isZero();
        assertThat(fixture.hostShell().pairs()).hasSize(1);
        Wait.until("the connection to be up", SOON, () -> lab.host()
                .shell("sallyport:connection-list", "--json")
                .contains("\"up\""));
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(3)
    void itIsRemovedWithItsSaUpAndThoseOfIkev2GoOn() {
        try (NumberedTraffic traffic = NumberedTraffic.start(
                lab.network().host(),
                LabNetwork.HOST_INNER,
                lab.network().server(),
                LabNetwork.SERVER,
                PORT,
                Duration.ofMillis(2))) {
            Wait.until("datagrams under IKEv2", SOON, () -> traffic.received() > 100);
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            assertThat(fixture.hostShell().pairs()).hasSize(2);
            long removed = EventLog.now();
            long sent = traffic.sent();
            lab.host().shell("feature:uninstall", "example-" + TOY);
            assertThat(lab.host()
                            .journal()
                            .await(removed, "child-sa-down", SOON)
                            .value("reason"))
                    .contains("negotiator \"toy\" was stopped");
            assertThat(lab.gateway()
                            .journal()
                            .await(removed, "child-sa-down", SOON)
                            .value("reason"))
                    .contains("deleted by peer");
            refused("negotiator \"toy\" is not running");
            long then = traffic.received();
            Wait.until("datagrams to go on", SOON, () -> traffic.received() > then + 100);
            assertThat(traffic.lostSince(sent, Duration.ofMillis(500))).isEmpty();
        }
        assertThat(fixture.hostShell().ikeSas()).isEqualTo(1);
        assertThat(fixture.hostShell().pairs()).hasSize(1);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(4)
    void anAuthenticationMethodProvesWhatIkev2Needs() {
        install(TOKEN);
        configure(lab.host(), HOST);
        configure(lab.gateway(), GATEWAY);
        fixture.forgetSas();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(fixture.hostShell().ikeSas()).isEqualTo(1);

        lab.host().shell("feature:uninstall", "example-" + TOKEN);
        assertThat(lab.fetch().httpStatus()).as("what was proven stays proven").isEqualTo(200);
        fixture.forgetSas();
        refused("authentication method \"example.token\" is not available; install or start");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static void install(String example) {
        Path feature = lab.distribution()
                .root()
                .resolve("bundles/examples")
                .resolve(example)
                .resolve("target/feature/features.xml");
        for (Appliance appliance : List.of(lab.host(), lab.gateway())) {
            appliance.shell("feature:repo-add", feature.toUri().toString());
            appliance.shell("feature:install", "example-" + example);
        }
    }

    private static void configure(Appliance appliance, Site site) {
        Site changed = site.withPeer("auth", "example.token").withPolicy("negotiator", "ikev2");
        long now = EventLog.now();
        appliance.configure(Site.PEER_FILE, changed.files(appliance.base()).getOrDefault(Site.PEER_FILE, ""));
        appliance.configure(Site.POLICY_FILE, changed.files(appliance.base()).getOrDefault(Site.POLICY_FILE, ""));
        Wait.until(
                "both files to be in force",
                SOON,
                () -> appliance.shell("sallyport:peer-list", "--json").contains("example.token")
                        && appliance.journal().since(now, "policy-generation").size() > 0);
        Wait.pause(Duration.ofSeconds(2));
    }

    private static void refused(String words) {
        Fetch refused = lab.fetch();
        assertThat(refused.exit()).isNotZero();
        assertThat(lab.host().journal().since(refused.startedMicros(), "refused"))
                .anySatisfy(event -> assertThat(event.value("reason")).contains(words));
    }
}
