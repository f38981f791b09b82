package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
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
    private static final Site SITE = Site.host("known to strongSwan too");

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static StrongSwan strongSwan;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(Lab.Plan.standard("swan", PeerKind.STRONGSWAN)
                .withHost(SITE)
                .withStrongSwan(
                        StrongSwanSettings.gateway(SITE.secret()).withDaemonExtra("make_before_break = yes\n"))));
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
        assertThat(lostFromServer(event, done)).as("server to host").isEmpty();
    }

    /** The same, and answers which packets from the server are lost; none from the host may be. */
    private static List<Long> lostFromServer(Runnable event, Callable<Boolean> done) throws InterruptedException {
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
            assertThat(fixture.clearTextSinceLast()).isEmpty();
            return received.lost();
        }
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
    void strongSwanProvesItselfAnewWithoutLoss() throws Exception {
        Set<Integer> before = spis();
        losesNothing(strongSwan::reauthenticate, () -> strongSwan.ikeSas() == 1 && disjoint(before));
    }

    /**
     * strongSwan sends by the new SA as soon as it has answered IKE_AUTH: what it sends before we have read that answer and
     * installed the SA, a few milliseconds in one piece, is lost.
     */
    @Test
    void weProveOurselvesAnewAndLoseNothingThatWeSend() throws Exception {
        reauthenticate("3s");
        try {
            startWithASa();
            Set<Integer> before = spis();
            List<Long> lost =
                    lostFromServer(() -> reauthenticate("0s"), () -> strongSwan.ikeSas() == 1 && disjoint(before));
            assertThat(lost.size()).isLessThan(100);
            assertThat(lost.isEmpty() ? 0 : lost.getLast() - lost.getFirst() + 1)
                    .as("in one piece")
                    .isEqualTo(lost.size());
        } finally {
            reauthenticate("0s");
        }
    }

    /** Says when IKE SAs that come to stand from now on give way to others. */
    private static void reauthenticate(String after) {
        long now = EventLog.now();
        long changed = SITE.withPeer("reauth-time", after).files(lab.host().base()).entrySet().stream()
                .filter(file -> lab.host().configureIfDifferent(file.getKey(), file.getValue()))
                .count();
        if (changed > 0) {
            lab.host().journal().await(now, "policy-generation", SOON);
        }
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
