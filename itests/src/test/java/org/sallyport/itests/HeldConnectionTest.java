package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.LabReport;
import org.sallyport.lab.session.MainJob;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** The main job: one SYN, after the SA, nothing in clear, whoever the peer is and whoever starts. */
@Timeout(180)
class HeldConnectionTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    @ParameterizedTest
    @EnumSource(PeerKind.class)
    void anUnmodifiedProgramIsHeldUntilTheSaStands(PeerKind peer) {
        LabFixture fixture = WATCHER.watch(LabFixture.open("held", peer));
        MainJob.Outcome outcome = new MainJob(fixture.lab(), MainJob.Initiator.HOST).run();
        LabReport report = outcome.report();
        assertThat(report).satisfies(seen -> {
            assertThat(seen.httpStatus()).isEqualTo(200);
            assertThat(seen.synSent()).isEqualTo(1);
            assertThat(seen.synRetransmitted()).isZero();
            assertThat(seen.synBeforeSa()).isZero();
            assertThat(seen.clearTextPackets()).isZero();
            assertThat(seen.witnessesDisagree()).isEmpty();
        });
        assertThat(report.promiseKept()).isTrue();
        assertThat(report.secondConnectMs()).isLessThan(report.appConnectMs());
        assertThat(outcome.timeline().lines())
                .anyMatch(line -> line.contains("socket request"))
                .anyMatch(line -> line.contains("SA up"))
                .anyMatch(line -> line.contains("first byte"));
        Fetch six = fixture.lab().fetch("http://[" + LabNetwork.SERVER_V6 + "]:8080/");
        assertThat(six.httpStatus()).as("over IPv6: " + six.error()).isEqualTo(200);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void strongSwanInitiatesTowardsAServerOfOurs() {
        LabFixture fixture = WATCHER.watch(LabFixture.open("towards", PeerKind.STRONGSWAN));
        fixture.lab().strongSwan().initiate();
        LabReport report =
                new MainJob(fixture.lab(), MainJob.Initiator.PEER).run().report();
        assertThat(report.httpStatus()).isEqualTo(200);
        assertThat(report.clearTextPackets()).isZero();
        assertThat(fixture.hostShell().pairs()).hasSize(1);
    }
}
