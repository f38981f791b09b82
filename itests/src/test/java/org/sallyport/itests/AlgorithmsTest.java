package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;

/** Pages through ESP of every kind, sealed and opened by strongSwan on the far side. */
@Timeout(180)
class AlgorithmsTest {
    private static final String SECRET = "algorithms of every kind";
    private static final Duration SOON = Duration.ofSeconds(10);

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(new Lab.Plan(
                "algo",
                PeerKind.STRONGSWAN,
                Site.host(SECRET),
                Site.gateway(SECRET),
                StrongSwanSettings.gateway(SECRET),
                "")));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static void configure(String ike, String esp) {
        lab.strongSwan().reconfigure(StrongSwanSettings.gateway(SECRET).withProposals(ike, esp));
        Site site = Site.host(SECRET).withPeer("ike-proposals", ike).withPolicy("proposals", esp + "-noesn");
        long now = EventLog.now();
        long changed = site.files(lab.host().base()).entrySet().stream()
                .filter(file -> lab.host().configureIfDifferent(file.getKey(), file.getValue()))
                .count();
        assertThat(changed).isPositive();
        lab.host().journal().await(now, "policy-generation", SOON);
        fixture.forgetSas();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "aes256-sha256-modp2048, aes256-sha256",
        "aes128-sha512-x448, aes128-sha512",
        "chacha20poly1305-prfsha384-ecp521, chacha20poly1305",
        "aes128ccm16-prfsha256-ecp256bp, aes128ccm16",
        "aes192-aesxcbc-prfaesxcbc-x25519, aes192-aesxcbc",
        "aes256-aescmac-prfaescmac-ecp384, aes256-aescmac",
    })
    void aPageComesThrough(String ike, String esp) {
        configure(ike, esp);
        long now = EventLog.now();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.host().journal().await(now, "child-sa-up", SOON).value("algorithms"))
                .isEqualTo(esp + "-noesn");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }
}
