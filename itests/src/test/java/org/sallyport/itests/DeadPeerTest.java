package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;

/** A peer that dies without a word is noticed, by us and of us. */
@Timeout(180)
class DeadPeerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    @Test
    void aStrongSwanThatDiedIsNoticed() {
        Lab.Plan plan = Lab.Plan.standard("dpd", PeerKind.STRONGSWAN);
        LabFixture fixture = WATCHER.watch(LabFixture.open(
                plan.withHost(plan.host().withPeer("dpd-interval", "2s").withPeer("retransmit-tries", "3"))));
        Lab lab = fixture.lab();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        long now = EventLog.now();
        lab.strongSwan().kill();
        assertThat(lab.host().journal().await(now, "ike-sa-down", LONG).value("reason"))
                .contains("dead peer");
        assertThat(fixture.hostShell().hasNoSas()).isTrue();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void strongSwanNoticesThatWeDied() {
        Lab.Plan plan = Lab.Plan.standard("dpd2", PeerKind.STRONGSWAN);
        StrongSwanSettings asking = plan.strongSwan().withDeadPeerDelay(Duration.ofSeconds(2));
        LabFixture fixture = WATCHER.watch(LabFixture.open(plan.withStrongSwan(asking)));
        Lab lab = fixture.lab();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(Wait.holds(Duration.ofSeconds(6), () -> lab.strongSwan().ikeSas() == 0))
                .as("we answer when we are asked")
                .isFalse();
        lab.host().kill();
        Wait.until("strongSwan to notice", LONG, () -> lab.strongSwan().ikeSas() == 0);
    }
}
