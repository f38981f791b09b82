package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.witness.CapturedPacket;

/** Two appliances that authenticate and do not encrypt. */
@Timeout(180)
class AhTest {
    private static final int AH = 51;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("ah", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(ah(plan.host())).withGateway(ah(plan.gateway()))));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static Site ah(Site site) {
        return site.withPeer("encapsulation", "raw")
                .withPolicy("ipsec-protocol", "ah")
                .withPolicy("proposals", "aes256gmac-esn");
    }

    /** The first connection is held until the SA stands; AH is all that carries it, and people see what it is. */
    @Test
    void aPageComesThroughAuthenticated() {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.host().shell("sallyport:sa-list")).contains("ah", "aes256gmac-esn");
        assertThat(lab.gateway().shell("sallyport:sa-list")).contains("ah", "aes256gmac-esn");
        assertThat(lab.outer().settled())
                .extracting(CapturedPacket::protocol)
                .contains(AH)
                .doesNotContain(CapturedPacket.ESP, CapturedPacket.TCP);
    }
}
