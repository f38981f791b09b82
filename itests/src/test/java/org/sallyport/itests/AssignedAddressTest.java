package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** The host is given its address by the gateway's pool: traffic has it, and nothing passes without it. */
@Timeout(240)
class AssignedAddressTest {
    private static final String SECRET = "known to both gates";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ASSIGNED = "10.9.0.1";
    private static final String POOL = """
            schema-version = 1
            addresses = 10.9.0.0/24
            dns-servers = 10.2.0.53
            domains = corp.lab
            """;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Site host = Site.host(SECRET)
                .withPeer("start", "at-start")
                .withPeer("request-address", "ipv4")
                .withPolicy("local", "assigned")
                .withPolicy("remote", LabNetwork.SERVER_NET);
        Site gateway = Site.gateway(SECRET)
                .withPeer("pool", "phones")
                .withPolicy("local", LabNetwork.SERVER_NET)
                .withPolicy("remote", "10.9.0.0/24")
                .withFile("org.sallyport.pool-phones.cfg", POOL);
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("assigned", PeerKind.SALLYPORT).withHost(host).withGateway(gateway)));
        lab = fixture.lab();
        awaitAddress(true);
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static void awaitAddress(boolean there) {
        Wait.until(
                "the address to " + (there ? "come" : "go"),
                SOON,
                () -> lab.network()
                                .host()
                                .ip("-o", "address", "show", "dev", Lab.INNER_DEVICE)
                                .contains(ASSIGNED + "/32")
                        == there);
    }

    private static String url() {
        return "http://" + LabNetwork.SERVER + ":" + Lab.HTTP_PORT + "/";
    }

    /** Returns curl's exit code. */
    private static int fetchFrom(String address) {
        return Command.of(lab.network()
                        .host()
                        .inside(List.of("curl", "-s", "-m", "3", "-o", "/dev/null", "--interface", address, url())))
                .run()
                .status();
    }

    @Test
    void trafficHasTheAssignedAddressAndNothingPassesWithoutIt() {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(Fetch.run(lab.network().host(), Optional.empty(), url()).httpStatus())
                .isEqualTo(200);
        assertThat(fetchFrom(ASSIGNED)).isZero();
        assertThat(fetchFrom(LabNetwork.HOST_INNER)).isNotZero();
        assertThat(lab.host().shell("sallyport:ike-list", "--json"))
                .contains("to us " + ASSIGNED, "10.2.0.53", "corp.lab");
        assertThat(lab.gateway().shell("sallyport:pool-list", "--leases")).contains(ASSIGNED, "host.lab", "gw[");

        lab.host().shell("bundle:restart", "org.sallyport.ike");
        lab.gateway().shell("bundle:restart", "org.sallyport.ike");
        lab.gateway().shell("bundle:restart", "org.sallyport.pools");
        Wait.until("the lease to be known again", SOON, () -> lab.gateway()
                .shell("sallyport:pool-list", "--json")
                .contains("\"used\":1"));
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);

        long before = EventLog.now();
        lab.host().shell("sallyport:connection-down", Site.PEER);
        awaitAddress(false);
        assertThat(lab.fetch().exit()).isNotZero();
        assertThat(lab.host().journal().since(before, "refused"))
                .anySatisfy(event -> assertThat(event.toString()).contains("has not assigned an address"));
        assertThat(fetchFrom(LabNetwork.HOST_INNER)).isNotZero();

        assertThat(lab.host().shell("sallyport:connection-up", Site.PEER)).contains("policy lab: up");
        awaitAddress(true);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }
}
