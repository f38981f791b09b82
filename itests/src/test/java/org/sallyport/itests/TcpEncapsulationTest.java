package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** Two appliances with a network between them that lets TCP port 4500 pass, and nothing else of theirs (RFC 9329). */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TcpEncapsulationTest {
    private static final String SECRET = "in one stream with everything";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PORT = 4500;
    private static final int ICMPV6 = 58;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Site host = Site.host(SECRET)
                .withPeer("encapsulation", "tcp")
                .withoutPeer("local-address")
                .withPolicy("hold-time", "15s");
        Site gateway = Site.gateway(SECRET).withPeer("encapsulation", "tcp").withPeer("remote-address", "any");
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("tcp", PeerKind.SALLYPORT).withHost(host).withGateway(gateway)));
        lab = fixture.lab();
        for (String words : List.of(
                "add table inet blocked",
                "add chain inet blocked forward { type filter hook forward priority 0 ; }",
                "add rule inet blocked forward meta l4proto { udp, esp } drop")) {
            lab.network().wan().command("nft", words).check();
        }
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static void fetchPages() {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        String inIpv6 = "http://[" + LabNetwork.SERVER_V6 + "]:" + Lab.HTTP_PORT + "/";
        assertThat(lab.fetch(inIpv6).httpStatus()).isEqualTo(200);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        assertThat(lab.outer().settled()).isNotEmpty().allMatch(TcpEncapsulationTest::belongsHere);
    }

    /** What was tried by UDP is dropped on the way, behind the witness. */
    private static boolean belongsHere(CapturedPacket packet) {
        boolean stream = packet.isTcp() && (packet.sourcePort() == PORT || packet.destinationPort() == PORT);
        boolean neighbours = packet.protocol() == ICMPV6 || packet.destination().isMulticastAddress();
        boolean tried = packet.ike().filter(ike -> ike.exchange() == 34).isPresent();
        return stream || neighbours || tried;
    }

    private static Set<String> spis() {
        return fixture.hostShell().pairs().stream()
                .map(ApplianceShell.Pair::spiIn)
                .collect(Collectors.toSet());
    }

    @Test
    @Order(1)
    void everythingTravelsInOneConnection() {
        fetchPages();
        assertThat(lab.outer().settled().stream().filter(CapturedPacket::isSyn)).hasSize(1);
        assertThat(lab.host().shell("sallyport:sa-list", "--json")).contains(" tcp\"");
        assertThat(lab.gateway().shell("sallyport:sa-list", "--json")).contains(" tcp\"");
    }

    @Test
    @Order(2)
    void rekeysDoNotNeedAnotherOne() {
        Set<String> before = spis();
        fixture.hostShell().rekeyChild();
        Wait.until("other SPIs", SOON, () -> spis().stream().noneMatch(before::contains));
        fixture.hostShell().rekeyIke();
        fetchPages();
        Set<String> successors = spis();
        fixture.gatewayShell().rekeyIke();
        fixture.gatewayShell().rekeyChild();
        Wait.until("others again", SOON, () -> spis().stream().noneMatch(successors::contains));
        fetchPages();
        assertThat(lab.outer().settled().stream().filter(CapturedPacket::isSyn)).hasSize(1);
    }

    @Test
    @Order(3)
    void aConnectionThatIsCutIsMadeAgainAndTheSasGoOn() {
        Set<String> before = spis();
        long now = EventLog.now();
        lab.network()
                .host()
                .command("ss", "-K", "dst", LabNetwork.GATEWAY_OUTER, "dport", "=", String.valueOf(PORT))
                .check();
        lab.host().journal().await(now, "ike-stream-reopened", SOON);
        fetchPages();
        lab.gateway().journal().await(now, "ike-stream-reopened", SOON);
        assertThat(lab.fetchFromServer().httpStatus()).isEqualTo(200);
        assertThat(lab.outer().settled().stream().filter(CapturedPacket::isSyn)).hasSize(2);
        assertThat(spis()).isEqualTo(before);
        assertThat(lab.host().journal().since(now, "ike-sa-up")).isEmpty();
    }

    @Test
    @Order(4)
    void theBundlesOnBothSidesAreReplacedAndTheConnectionStays() {
        for (var side : List.of(lab.host(), lab.gateway())) {
            side.shell("bundle:restart", "org.sallyport.classifier");
            side.shell("bundle:restart", "org.sallyport.ike");
        }
        fetchPages();
        fixture.hostShell().rekeyChild();
        fetchPages();
        assertThat(lab.outer().settled().stream().filter(CapturedPacket::isSyn)).hasSize(2);
    }

    @Test
    @Order(5)
    void whoIsToldToTriesUdpFirst() throws IOException {
        Path peer = lab.host().etc().resolve(Site.PEER_FILE);
        String text = Files.readString(peer).replace("encapsulation = tcp", "tcp-fallback = on");
        long changed = EventLog.now();
        lab.host().configure(Site.PEER_FILE, text);
        lab.host().journal().await(changed, "policy-generation", SOON);
        fixture.forgetSas();
        long now = EventLog.now();
        fetchPages();
        lab.host().journal().await(now, "ike-sa-up", SOON);
        assertThat(lab.host().journal().since(now, "ike-sa-up")).hasSize(1);
        assertThat(lab.host().shell("sallyport:sa-list", "--json")).contains(" tcp\"");
    }
}
