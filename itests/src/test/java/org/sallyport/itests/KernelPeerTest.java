package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import org.sallyport.lab.peer.KernelPeer;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** What strongSwan's user-space data plane cannot do, with strongSwan and a kernel's ESP in an emulated machine. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KernelPeerTest {
    private static final String SECRET = "known to a kernel too";
    private static final String IKE = "aes256gcm16-prfsha256-x25519";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern SPI = Pattern.compile("spi (0x[0-9a-f]+)");

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static KernelPeer peer;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("kernel", PeerKind.KERNEL).withHost(site()).withStrongSwan(settings())));
        lab = fixture.lab();
        peer = lab.kernelPeer();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static Site site() {
        return Site.host(SECRET).withPolicy("proposals", "aes256gcm16-esn");
    }

    private static StrongSwanSettings settings() {
        return StrongSwanSettings.gateway(SECRET).withProposals(IKE, "aes256gcm16-esn");
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

    private static void shown(String feature, Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown(feature, initiator, KernelPeerTest.class);
    }

    /** Has the initiator make the SAs, and sees pages come through in both directions and both families. */
    private static void pagesBothWays(Initiator initiator) {
        pagesBothWays(initiator, LabNetwork.HOST_INNER, LabNetwork.SERVER, "[" + LabNetwork.SERVER_V6 + "]");
    }

    private static void pagesBothWays(Initiator initiator, String host, String... servers) {
        if (initiator == Initiator.STRONGSWAN) {
            peer.swanctl("--initiate", "--child", StrongSwan.CHILD, "--timeout", "20");
        }
        for (String server : servers) {
            assertThat(lab.fetch(page(server)).httpStatus()).as(server).isEqualTo(200);
        }
        assertThat(peer.run("curl -s -m 10 " + page(host))).contains(WebServer.CANARY);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static String page(String address) {
        return "http://" + address + ":" + Lab.HTTP_PORT + "/";
    }

    private static List<String> spis() {
        return SPI.matcher(peer.states())
                .results()
                .map(MatchResult::group)
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void extendedSequenceNumbersAndIpv6Inside(Initiator initiator) {
        configure(site(), settings().swanctl());
        pagesBothWays(initiator);
        assertThat(peer.states()).contains("flag af-unspec esn");
        shown("extended sequence numbers", initiator);
        shown("IPv6 inside", initiator);
    }

    @ParameterizedTest
    @EnumSource
    @Order(2)
    void ipv6Outside(Initiator initiator) {
        configure(overIpv6(site()), overIpv6(settings().swanctl()));
        pagesBothWays(initiator);
        assertThat(peer.states()).contains("src " + LabNetwork.HOST_OUTER_V6 + " dst " + LabNetwork.GATEWAY_OUTER_V6);
        shown("IPv6 outside", initiator);
    }

    private static Site overIpv6(Site site) {
        return site.withPeer("local-address", LabNetwork.HOST_OUTER_V6)
                .withPeer("remote-address", LabNetwork.GATEWAY_OUTER_V6);
    }

    private static String overIpv6(String swanctl) {
        return swanctl.replace(LabNetwork.GATEWAY_OUTER, LabNetwork.GATEWAY_OUTER_V6)
                .replace(LabNetwork.HOST_OUTER, LabNetwork.HOST_OUTER_V6);
    }

    @ParameterizedTest
    @EnumSource
    @Order(3)
    void transportMode(Initiator initiator) {
        configure(transport(site()), transport(settings().swanctl()));
        pagesBetweenHosts(initiator);
        shown("transport mode", initiator);
        assertThat(peer.states()).contains("mode transport").doesNotContain("mode tunnel");
    }

    private static Site transport(Site site) {
        return site.withPolicy("mode", "transport")
                .withPolicy("local", LabNetwork.HOST_OUTER)
                .withPolicy("remote", LabNetwork.GATEWAY_OUTER);
    }

    private static String transport(String swanctl) {
        return swanctl.replaceFirst("local_ts = .*", "mode = transport\n local_ts = " + LabNetwork.GATEWAY_OUTER)
                .replaceFirst("remote_ts = .*", "remote_ts = " + LabNetwork.HOST_OUTER);
    }

    private static void pagesBetweenHosts(Initiator initiator) {
        try (WebServer server = WebServer.start(lab.network().host(), LabNetwork.HOST_OUTER, Lab.HTTP_PORT)) {
            assertThat(server).isNotNull();
            pagesBothWays(initiator, LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER);
        }
    }

    /** A kernel takes ESP in UDP alone for an SA that has it, and without UDP alone for one that has not. */
    @ParameterizedTest
    @EnumSource
    @Order(4)
    void withoutUdp(Initiator initiator) {
        configure(raw(site()), raw(settings().swanctl()));
        pagesBothWays(initiator);
        assertNoUdp();
        shown("ESP without UDP", initiator);
    }

    @ParameterizedTest
    @EnumSource
    @Order(5)
    void withoutUdpAndIpv6Outside(Initiator initiator) {
        configure(raw(overIpv6(site())), raw(overIpv6(settings().swanctl())));
        pagesBothWays(initiator);
        assertThat(peer.states()).contains("src " + LabNetwork.HOST_OUTER_V6 + " dst " + LabNetwork.GATEWAY_OUTER_V6);
        assertNoUdp();
        shown("ESP without UDP, IPv6 outside", initiator);
    }

    @ParameterizedTest
    @EnumSource
    @Order(6)
    void withoutUdpInTransportMode(Initiator initiator) {
        configure(raw(transport(site())), raw(transport(settings().swanctl())));
        pagesBetweenHosts(initiator);
        assertThat(peer.states()).contains("mode transport").doesNotContain("mode tunnel");
        assertNoUdp();
        shown("ESP without UDP, transport mode", initiator);
    }

    private static Site raw(Site site) {
        return site.withPeer("encapsulation", "raw");
    }

    private static String raw(String swanctl) {
        return swanctl.replace("encap = yes", "encap = no");
    }

    private static void assertNoUdp() {
        assertThat(peer.states()).contains("proto esp").doesNotContain("encap type");
    }

    /** What it does not encrypt can be read on the wire, so only that it comes through is looked at. */
    @ParameterizedTest
    @EnumSource
    @Order(7)
    void integrityAlone(Initiator initiator) {
        String esp = "aes256gmac-esn";
        configure(
                site().withPolicy("proposals", esp),
                StrongSwanSettings.gateway(SECRET).withProposals(IKE, esp).swanctl());
        if (initiator == Initiator.STRONGSWAN) {
            peer.swanctl("--initiate", "--child", StrongSwan.CHILD, "--timeout", "20");
        }
        assertThat(lab.fetch(page(LabNetwork.SERVER)).httpStatus()).isEqualTo(200);
        assertThat(peer.states()).contains("rfc4543(gcm(aes))");
        fixture.clearTextSinceLast();
        shown("ESP aes256gmac", initiator);
    }

    /** Each is sealed and opened by the kernel, whose own list of states names it; once for either initiator. */
    @ParameterizedTest(name = "{0}, {1} mode")
    @CsvSource(delimiter = '|', textBlock = """
            aes128gcm16-noesn      | tunnel    | rfc4106(gcm(aes)) * (160 bits) 128
            aes192gcm16-esn        | transport | rfc4106(gcm(aes)) * (224 bits) 128
            chacha20poly1305-esn   | tunnel    | rfc7539esp(chacha20,poly1305) * (288 bits) 128
            chacha20poly1305-noesn | transport | rfc7539esp(chacha20,poly1305) * (288 bits) 128
            aes128ccm16-esn        | tunnel    | rfc4309(ccm(aes)) * (152 bits) 128
            aes256ccm16-noesn      | transport | rfc4309(ccm(aes)) * (280 bits) 128
            aes128-sha256-esn      | transport | hmac(sha256) * (256 bits) 128
            aes192-sha384-noesn    | tunnel    | hmac(sha384) * (384 bits) 192
            aes256-sha512-esn      | tunnel    | hmac(sha512) * (512 bits) 256
            aes128-aesxcbc-noesn   | tunnel    | xcbc(aes) * (128 bits) 96
            """)
    @Order(8)
    void everyAlgorithm(String proposal, String mode, String kernel) {
        boolean hosts = mode.equals("transport");
        Site site = site().withPolicy("proposals", proposal);
        String swanctl = settings().withProposals(IKE, proposal).swanctl();
        for (Initiator initiator : Initiator.values()) {
            configure(hosts ? transport(site) : site, hosts ? transport(swanctl) : swanctl);
            if (hosts) {
                pagesBetweenHosts(initiator);
            } else {
                pagesBothWays(initiator);
            }
            assertThat(peer.states()).containsPattern(Pattern.quote(kernel).replace("*", "\\E0x[0-9a-f]+\\Q"));
            shown("a kernel's ESP " + proposal + ", " + mode + " mode", initiator);
        }
    }

    @Test
    @Order(9)
    void anSaIsUpdatedInPlaceWhenANatRebinds() {
        configure(site(), settings().withRemote("%any").swanctl());
        Relay relay = lab.relay(3, Optional.of("192.0.2.1"));
        pagesBothWays(Initiator.SALLYPORT);
        List<String> spis = spis();
        String before = mapping();
        relay.rebind();
        pagesBothWays(Initiator.SALLYPORT);
        Wait.until("the SAs behind the new port", SOON, () -> !mapping().equals(before));
        assertThat(spis()).isEqualTo(spis);
        shown("an SA updated in place when a NAT rebinds", Initiator.SALLYPORT);
    }

    /** The ports that the kernel puts packets to the host behind. */
    private static String mapping() {
        return Pattern.compile("encap type espinudp sport 4500 dport \\d+")
                .matcher(peer.states())
                .results()
                .map(MatchResult::group)
                .toList()
                .toString();
    }
}
