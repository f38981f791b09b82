package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** Rekeying and deleting, from either side, with strongSwan on the far one and numbered traffic in between. */
@Timeout(180)
class StrongSwanTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration PACE = Duration.ofMillis(2);
    private static final int PORT = 9000;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static StrongSwan strongSwan;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open("swan", PeerKind.STRONGSWAN));
        lab = fixture.lab();
        strongSwan = lab.strongSwan();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @BeforeEach
    void startWithASa() {
        fixture.forgetSas();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
    }

    private static Set<Integer> spis() {
        return strongSwan.installedChildren().stream()
                .map(StrongSwan.ChildSa::spiIn)
                .collect(Collectors.toSet());
    }

    /** Runs traffic in both directions while something happens; whatever is lost then was lost by it. */
    private static void losesNothing(Runnable event, Callable<Boolean> done) throws InterruptedException {
        try (NumberedTraffic out = NumberedTraffic.start(
                        lab.network().host(),
                        LabNetwork.HOST_INNER,
                        lab.network().server(),
                        LabNetwork.SERVER,
                        PORT,
                        PACE);
                NumberedTraffic back = NumberedTraffic.start(
                        lab.network().server(),
                        LabNetwork.SERVER,
                        lab.network().host(),
                        LabNetwork.HOST_INNER,
                        PORT,
                        PACE)) {
            Wait.until("traffic both ways", SOON, () -> out.received() > 200 && back.received() > 200);
            event.run();
            Wait.until("what was to happen", SOON, done);
            Thread.sleep(Duration.ofSeconds(1));
            NumberedTraffic.Report sent = out.finish(Duration.ofMillis(500));
            NumberedTraffic.Report received = back.finish(Duration.ofMillis(500));
            assertThat(sent.lost()).as("host to server: " + sent).isEmpty();
            assertThat(received.lost()).as("server to host: " + received).isEmpty();
        }
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    void weRekeyTheChildSaWithoutLoss() throws Exception {
        Set<Integer> before = spis();
        losesNothing(() -> fixture.hostShell().rekeyChild(), () -> disjoint(before));
    }

    @Test
    void strongSwanRekeysTheChildSaWithoutLoss() throws Exception {
        Set<Integer> before = spis();
        losesNothing(strongSwan::rekeyChild, () -> disjoint(before));
    }

    private static boolean disjoint(Set<Integer> before) {
        Set<Integer> now = spis();
        return !now.isEmpty() && now.stream().noneMatch(before::contains);
    }

    @Test
    void weRekeyTheIkeSaWithoutLoss() throws Exception {
        String before = strongSwan.ikeSpis();
        losesNothing(
                () -> fixture.hostShell().rekeyIke(),
                () -> strongSwan.ikeSas() == 1 && !strongSwan.ikeSpis().equals(before));
        assertThat(spis()).hasSize(1);
    }

    @Test
    void strongSwanRekeysTheIkeSaWithoutLoss() throws Exception {
        String before = strongSwan.ikeSpis();
        losesNothing(
                strongSwan::rekeyIke,
                () -> strongSwan.ikeSas() == 1 && !strongSwan.ikeSpis().equals(before));
        assertThat(spis()).hasSize(1);
        losesNothing(() -> fixture.hostShell().rekeyChild(), () -> spis().size() == 1);
    }

    @Test
    void weDeleteTheIkeSaAndBothForget() {
        long now = EventLog.now();
        fixture.hostShell().deleteIke();
        Wait.until(
                "strongSwan's end",
                SOON,
                () -> strongSwan.ikeSas() == 0 && strongSwan.children().isEmpty());
        assertThat(fixture.hostShell().hasNoSas()).isTrue();
        assertThat(lab.host().journal().await(now, "ike-sa-down", SOON).value("reason"))
                .contains("deleted");
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
    }

    @Test
    void strongSwanDeletesTheIkeSaAndBothForget() {
        long now = EventLog.now();
        strongSwan.deleteIke();
        Wait.until("our end", SOON, () -> fixture.hostShell().hasNoSas());
        assertThat(lab.host().journal().await(now, "ike-sa-down", SOON).value("reason"))
                .contains("peer");
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
    }

    @Test
    void strongSwanDeletesTheChildSaAndANewConnectionMakesAnother() {
        long now = EventLog.now();
        strongSwan.deleteChild();
        lab.host().journal().await(now, "child-sa-down", SOON);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(spis()).hasSize(1);
    }

    @Test
    void weDeleteTheChildSaAndANewConnectionMakesAnother() {
        fixture.hostShell().deleteChild();
        Wait.until("strongSwan's end", SOON, () -> strongSwan.children().isEmpty());
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(spis()).hasSize(1);
    }
}
