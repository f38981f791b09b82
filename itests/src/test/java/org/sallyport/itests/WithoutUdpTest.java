package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** Two appliances that want ESP without UDP, and what they do once somebody translates addresses between them. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WithoutUdpTest {
    private static final String SECRET = "wrapped in nothing else";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TRANSLATED = "192.0.2.1";

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Site host = Site.host(SECRET).withPeer("encapsulation", "raw").withoutPeer("local-address");
        Site gateway = Site.gateway(SECRET).withPeer("encapsulation", "raw").withPeer("remote-address", "any");
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("raw", PeerKind.SALLYPORT).withHost(host).withGateway(gateway)));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static List<CapturedPacket> espSince(long micros) {
        return lab.outer().settled().stream()
                .filter(packet -> packet.micros() >= micros && packet.esp().isPresent())
                .toList();
    }

    private static void fetchPages() {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        String inIpv6 = "http://[" + LabNetwork.SERVER_V6 + "]:" + Lab.HTTP_PORT + "/";
        assertThat(lab.fetch(inIpv6).httpStatus()).isEqualTo(200);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(1)
    void espIsAllThatIsOnTheWireAndOutlivesTheBundleThatCarriesIt() {
        fetchPages();
        assertThat(espSince(0)).isNotEmpty().allMatch(packet -> packet.protocol() == CapturedPacket.ESP);
        assertThat(lab.host().shell("sallyport:sa-list", "--json")).contains(" raw\"");
        for (var side : List.of(lab.host(), lab.gateway())) {
            side.shell("bundle:restart", "org.sallyport.classifier");
        }
        fetchPages();
        assertThat(espSince(0)).allMatch(packet -> packet.protocol() == CapturedPacket.ESP);
    }

    @Test
    @Order(2)
    void throughATranslatorEspGoesInUdpAndTheAdministratorIsTold() {
        fixture.forgetSas();
        lab.relay(1, Optional.of(TRANSLATED));
        long now = EventLog.now();
        fetchPages();
        assertThat(espSince(now)).isNotEmpty().allMatch(packet -> packet.protocol() == CapturedPacket.UDP);
        assertThat(lab.host().journal().await(now, "esp-in-udp", SOON).value("why"))
                .isEqualTo("we are behind a NAT");
        assertThat(lab.gateway().journal().await(now, "esp-in-udp", SOON).value("why"))
                .isEqualTo("the peer is behind a NAT, or says so");
    }
}
