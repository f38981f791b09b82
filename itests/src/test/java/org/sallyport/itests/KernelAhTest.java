package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import org.sallyport.lab.peer.KernelPeer;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** AH with strongSwan and a kernel's AH in an emulated machine. What it protects can be read on the wire. */
@Timeout(300)
class KernelAhTest {
    private static final String SECRET = "known to whoever signs";
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static KernelPeer peer;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(Lab.Plan.standard("kernel-ah", PeerKind.KERNEL)
                .withHost(site("sha256-esn"))
                .withStrongSwan(StrongSwanSettings.gateway(SECRET))));
        lab = fixture.lab();
        peer = lab.kernelPeer();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static Site site(String proposal) {
        return Site.host(SECRET)
                .withPeer("encapsulation", "raw")
                .withPolicy("ipsec-protocol", "ah")
                .withPolicy("proposals", proposal);
    }

    private static String swanctl(String proposal) {
        return StrongSwanSettings.gateway(SECRET)
                .withProposals("aes256gcm16-prfsha256-x25519", "aes256gcm16-esn")
                .swanctl()
                .replace("encap = yes", "encap = no")
                .replaceFirst("esp_proposals = .*", "ah_proposals = " + proposal);
    }

    private static void configure(Site site, String swanctl) {
        fixture.forgetSas();
        peer.load(swanctl);
        long now = EventLog.now();
        long changed = site.files(lab.host().base()).entrySet().stream()
                .filter(file -> lab.host().configureIfDifferent(file.getKey(), file.getValue()))
                .count();
        if (changed > 0) {
            lab.host().journal().await(now, "policy-generation", SOON);
        }
    }

    /** Has the initiator make the SAs, and sees pages come through in both directions. */
    private static void pagesBothWays(Initiator initiator, String host, String... servers) {
        if (initiator == Initiator.STRONGSWAN) {
            peer.swanctl("--initiate", "--child", StrongSwan.CHILD, "--timeout", "20");
        }
        for (String server : servers) {
            assertThat(lab.fetch(page(server)).httpStatus()).as(server).isEqualTo(200);
        }
        assertThat(peer.run("curl -s -m 10 " + page(host))).contains(WebServer.CANARY);
    }

    private static String page(String address) {
        return "http://" + address + ":" + Lab.HTTP_PORT + "/";
    }

    private static void shown(String feature, Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown(feature, initiator, KernelAhTest.class);
    }

    @ParameterizedTest
    @EnumSource
    void tunnelMode(Initiator initiator) {
        configure(site("sha256-esn"), swanctl("sha256-esn"));
        pagesBothWays(initiator, LabNetwork.HOST_INNER, LabNetwork.SERVER, "[" + LabNetwork.SERVER_V6 + "]");
        assertThat(peer.states())
                .contains("proto ah", "hmac(sha256)", "esn", "mode tunnel")
                .doesNotContain("proto esp");
        shown("AH", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void ipv6Outside(Initiator initiator) {
        Site site = site("sha512-noesn")
                .withPeer("local-address", LabNetwork.HOST_OUTER_V6)
                .withPeer("remote-address", LabNetwork.GATEWAY_OUTER_V6);
        configure(
                site,
                swanctl("sha512-noesn")
                        .replace(LabNetwork.GATEWAY_OUTER, LabNetwork.GATEWAY_OUTER_V6)
                        .replace(LabNetwork.HOST_OUTER, LabNetwork.HOST_OUTER_V6));
        pagesBothWays(initiator, LabNetwork.HOST_INNER, LabNetwork.SERVER, "[" + LabNetwork.SERVER_V6 + "]");
        assertThat(peer.states()).contains("proto ah", "hmac(sha512)", "src " + LabNetwork.HOST_OUTER_V6);
        shown("AH, IPv6 outside", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void transportMode(Initiator initiator) {
        Site site = site("sha384-esn")
                .withPolicy("mode", "transport")
                .withPolicy("local", LabNetwork.HOST_OUTER)
                .withPolicy("remote", LabNetwork.GATEWAY_OUTER);
        configure(
                site,
                swanctl("sha384-esn")
                        .replaceFirst("local_ts = .*", "mode = transport\n local_ts = " + LabNetwork.GATEWAY_OUTER)
                        .replaceFirst("remote_ts = .*", "remote_ts = " + LabNetwork.HOST_OUTER));
        try (WebServer server = WebServer.start(lab.network().host(), LabNetwork.HOST_OUTER, Lab.HTTP_PORT)) {
            assertThat(server).isNotNull();
            pagesBothWays(initiator, LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER);
        }
        assertThat(peer.states()).contains("proto ah", "hmac(sha384)", "mode transport");
        shown("AH, transport mode", initiator);
    }
}
