package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;

/** A line that delays, loses, doubles and reorders, and one behind a translator. */
@Timeout(180)
class ImpairedTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    @Test
    void aFirstConnectionTakesThreeRoundTrips() {
        LabFixture fixture = WATCHER.watch(LabFixture.open("delay", PeerKind.SALLYPORT));
        Lab lab = fixture.lab();
        lab.fetch();
        fixture.forgetSas();
        lab.relay(1, Optional.empty()).both(Impairment.NONE.withDelay(Duration.ofMillis(20)));
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            Fetch fetch = lab.fetch();
            assertThat(fetch.httpStatus()).isEqualTo(200);
            best = Math.min(best, fetch.connectMillis());
            fixture.forgetSas();
        }
        assertThat(best).isBetween(3 * 40.0, 3 * 40.0 + 100);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void lossDuplicatesAndDisorderAreOvercome() {
        LabFixture fixture = WATCHER.watch(LabFixture.open("lossy", PeerKind.STRONGSWAN));
        Lab lab = fixture.lab();
        Relay relay = lab.relay(7, Optional.empty());
        Impairment bad = Impairment.NONE
                .withDelay(Duration.ofMillis(2))
                .withLoss(0.1)
                .withDuplication(0.1)
                .withReordering(0.1, Duration.ofMillis(10));
        int succeeded = 0;
        for (int round = 0; round < 5; round++) {
            relay.both(bad);
            succeeded += lab.fetch().httpStatus() == 200 ? 1 : 0;
            // strongSwan answers a DELETE once: were its answer lost, the end would be known only after every
            // retransmission.
            relay.both(Impairment.NONE);
            fixture.forgetSas();
        }
        assertThat(succeeded).isGreaterThanOrEqualTo(4);
        assertThat(relay.outboundStatistics().lost() + relay.inboundStatistics().lost())
                .isPositive();
        assertThat(lab.host().log()).doesNotContain("Exception");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void aTranslatorBetweenTheGatesIsNoticed() {
        Lab.Plan plan = Lab.Plan.standard("nat", PeerKind.STRONGSWAN);
        LabFixture fixture = WATCHER.watch(
                LabFixture.open(plan.withStrongSwan(plan.strongSwan().withRemote("%any"))));
        Lab lab = fixture.lab();
        lab.relay(1, Optional.of("192.0.2.1"));
        Fetch fetch = lab.fetch();
        assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
        assertThat(lab.strongSwan().sas()).contains("remote-host=192.0.2.1").doesNotContain("remote-port=4500");
        Wait.until(
                "the SA",
                Duration.ofSeconds(5),
                () -> lab.strongSwan().installedChildren().size() == 1);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }
}
